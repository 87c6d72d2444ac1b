/*
 * metadata_rules.h
 *		What the metadata of each brand may consist of.
 */
#ifndef API_CREDENTIALS_METADATA_RULES_H
#define API_CREDENTIALS_METADATA_RULES_H

#define N_METADATA_KEYS 4		/* brands, and arguments of acs_credentials_create() */
#define MAX_MEMBERS		8
#define MAX_SPELLINGS	4
#define MAX_CHOICES		2
#define MAX_EXCLUSIONS	2

typedef enum MemberType
{
	MEMBER_BOOLEAN,
	MEMBER_CHOICE,
	MEMBER_TEXT,
	MEMBER_ID,
	MEMBER_CREDENTIALS,			/* ids of cards and mobile keys of the system */
	MEMBER_ENTRANCES,			/* ids of entrances of the system */
	MEMBER_ARGUMENT				/* is allowed_acs_entrance_ids by now */
} MemberType;

/* Lists end with a null. */
typedef struct Member
{
	MemberType	type;
	const char *spellings[MAX_SPELLINGS + 1];	/* the first is stored */
	const char *choices[MAX_CHOICES + 1];
	const char *default_value;	/* of a choice; null: left out */
} Member;

typedef struct Brand
{
	const char *key;			/* name of the argument */
	Member		members[MAX_MEMBERS + 1];
	const char *exclusions[MAX_EXCLUSIONS + 1][2];	/* cannot both be set */
} Brand;

extern const Brand metadata_brands[N_METADATA_KEYS];

#endif							/* API_CREDENTIALS_METADATA_RULES_H */
