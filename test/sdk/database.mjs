// A throwaway database with the extension, on the server that PGHOST and the like name.
import pg from 'pg'

export class Database {
  static async create(name, schema = 'acs') {
    const admin = new pg.Client({ database: 'postgres' })
    await admin.connect()
    await admin.query(`DROP DATABASE IF EXISTS ${name}`)
    await admin.query(`CREATE DATABASE ${name}`)
    const client = new pg.Client({ database: name })
    await client.connect()
    await client.query(`CREATE SCHEMA "${schema}"; CREATE EXTENSION credentials SCHEMA "${schema}"; SET search_path = "${schema}"`)
    return Object.assign(new Database(), { name, admin, client })
  }

  // Rows of a query in a workspace, as the owner of the extension.
  async rows(workspace, text, values) {
    await this.client.query("SELECT set_config('credentials.workspace_id', $1, false)", [workspace])
    return (await this.client.query(text, values)).rows
  }

  // The one value of a query.
  async value(workspace, text, values) {
    const [row] = await this.rows(workspace, text, values)
    return Object.values(row)[0]
  }

  // A script for psql, of which \gexec is all that is understood.
  async setUp(script) {
    for (const [, statement, end] of script.replace(/^--.*$/gm, '').matchAll(/([^;\\]+)(;|\\gexec)/g)) {
      const { rows } = await this.client.query(statement)
      if (end !== ';') for (const row of rows) await this.client.query(Object.values(row)[0])
    }
  }

  async drop() {
    await this.client.end()
    await this.admin.query(`DROP DATABASE ${this.name} WITH (FORCE)`)
    await this.admin.end()
  }
}
