// The gateway of examples/, as a process of its own, in front of a throwaway database.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Database } from './database.mjs'

const directory = fileURLToPath(new URL('../../examples/gateway/', import.meta.url))

export class Gateway {
  // workspaces: token → workspace id
  static async start(databaseName, workspaces, settings = {}, schema = undefined) {
    const db = await Database.create(databaseName, schema)
    await db.client.query('DROP ROLE IF EXISTS gateway')
    await db.setUp(readFileSync(join(directory, 'setup.sql'), 'utf8'))
    const password = randomBytes(16).toString('hex')
    await db.client.query(`ALTER ROLE gateway PASSWORD '${password}'`)

    const scratch = mkdtempSync(join(tmpdir(), 'gateway-'))
    const tokens = join(scratch, 'tokens.json')
    const hash = (token) => createHash('sha256').update(token).digest('hex')
    writeFileSync(tokens, JSON.stringify(Object.fromEntries(Object.entries(workspaces).map(([token, id]) => [hash(token), id]))))

    const env = { ...process.env, PORT: '0', TOKENS: tokens, PGDATABASE: databaseName, PGUSER: 'gateway', PGPASSWORD: password, ...settings }
    const child = spawn(process.execPath, ['--require', fileURLToPath(new URL('with_parent.cjs', import.meta.url)), 'server.mjs'], { cwd: directory, env })
    const self = Object.assign(new Gateway(), { db, scratch, child, log: '', exit: once(child, 'exit') })
    child.stderr.on('data', (chunk) => (self.log += chunk))
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), self.exit.then(() => [''])])
    self.url = /http:\S+/.exec(line)?.[0]
    if (!self.url) throw new Error(`the gateway did not start: ${self.log}`)
    return self
  }

  // Ask to stop; resolves to the exit code, or null if it had to be killed.
  async stop() {
    this.child.kill('SIGTERM')
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), 20000)
    const [code] = await this.exit
    clearTimeout(impatience)
    return code
  }

  async close() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop()
    rmSync(this.scratch, { recursive: true })
    await this.db.client.query('DROP OWNED BY gateway')
    await this.db.client.query('DROP ROLE gateway')
    await this.db.drop()
  }
}
