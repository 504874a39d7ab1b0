BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('22');
CREATE TABLE answers (
	id INTEGER NOT NULL, 
	question TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	asker VARCHAR(32) NOT NULL, 
	team VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	ts VARCHAR(32) NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	private BOOLEAN NOT NULL, 
	open BOOLEAN DEFAULT 1 NOT NULL, 
	message VARCHAR(32) NOT NULL, 
	as_of DATETIME, 
	given DATETIME NOT NULL, 
	falling BOOLEAN DEFAULT 0 NOT NULL, 
	retracted DATETIME, own_words TEXT DEFAULT '' NOT NULL, own_asker VARCHAR(32) DEFAULT '' NOT NULL, chosen TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (team, channel, ts)
);
INSERT INTO "answers" VALUES(1,'kept','kept','kept','kept','kept','kept','kept',0,1,'kept',NULL,'2026-11-01 00:00:00.000000',0,NULL,'','',NULL);
CREATE TABLE channels (
	team VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	wikis TEXT NOT NULL, 
	unasked FLOAT, 
	only_asker BOOLEAN NOT NULL, 
	review_channel VARCHAR(32) NOT NULL, 
	language VARCHAR(32) DEFAULT '' NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	changed DATETIME NOT NULL, 
	PRIMARY KEY (team, channel)
);
CREATE TABLE cited (
	answer INTEGER NOT NULL, 
	wiki VARCHAR(64) NOT NULL, 
	page TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	acl TEXT NOT NULL, 
	PRIMARY KEY (answer, wiki, page), 
	FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
);
CREATE TABLE digests (
	due DATETIME NOT NULL, 
	holder VARCHAR(128) NOT NULL, 
	done BOOLEAN NOT NULL, 
	PRIMARY KEY (due)
);
CREATE TABLE edited_questions (
	id INTEGER NOT NULL, 
	letter INTEGER NOT NULL, 
	received DATETIME NOT NULL, 
	refused BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(letter) REFERENCES inbox (id) ON DELETE CASCADE
);
CREATE TABLE flag_steps (
	id INTEGER NOT NULL, 
	flag INTEGER NOT NULL, 
	deed VARCHAR(16) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(flag) REFERENCES flags (id) ON DELETE CASCADE
);
CREATE TABLE flags (
	id INTEGER NOT NULL, 
	answer INTEGER NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	complaint VARCHAR(16) NOT NULL, 
	comment TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	card_channel VARCHAR(32) NOT NULL, 
	card_ts VARCHAR(32) NOT NULL, 
	raised DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	holder VARCHAR(32) DEFAULT '' NOT NULL, 
	owner VARCHAR(32) DEFAULT '' NOT NULL, 
	again TEXT DEFAULT '' NOT NULL, 
	again_at DATETIME, 
	ask_due BOOLEAN DEFAULT 0 NOT NULL, 
	edition INTEGER DEFAULT '0' NOT NULL, 
	shown INTEGER DEFAULT '0' NOT NULL, 
	tell_due BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (answer, person), 
	FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
);
CREATE TABLE inbox (
	id INTEGER NOT NULL, 
	event VARCHAR(255) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	team VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	ts VARCHAR(32) NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	text TEXT NOT NULL, 
	shared BOOLEAN NOT NULL, 
	edited VARCHAR(32) DEFAULT '' NOT NULL, 
	gone BOOLEAN DEFAULT 0 NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	received DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	holder VARCHAR(128) DEFAULT '' NOT NULL, 
	whispered BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (team, channel, ts), 
	UNIQUE (event)
);
INSERT INTO "inbox" VALUES(1,'kept','kept','kept','kept','kept','kept','kept','kept',0,'',0,'kept',0,'2026-11-01 00:00:00.000000','2026-11-01 00:00:00.000000','',0);
CREATE TABLE installations (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	enterprise VARCHAR(32) NOT NULL, 
	bot VARCHAR(32) NOT NULL, 
	bot_user VARCHAR(32) NOT NULL, 
	token TEXT NOT NULL, 
	refresh_token TEXT NOT NULL, 
	expires DATETIME, 
	installed DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE jobs (
	id INTEGER NOT NULL, 
	wiki VARCHAR(64) NOT NULL, 
	space VARCHAR(255) NOT NULL, 
	page TEXT NOT NULL, 
	"full" BOOLEAN NOT NULL, 
	dry_run BOOLEAN NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	message VARCHAR(32) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	holder VARCHAR(128) NOT NULL, 
	changed DATETIME NOT NULL, team VARCHAR(32) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE keys (
	name VARCHAR(32) NOT NULL, 
	value VARCHAR(64) NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE oauth_states (
	state VARCHAR(64) NOT NULL, 
	expires DATETIME NOT NULL, 
	PRIMARY KEY (state)
);
CREATE TABLE org_workspaces (
	team VARCHAR(32) NOT NULL, 
	organization VARCHAR(32) NOT NULL, 
	PRIMARY KEY (team), 
	FOREIGN KEY(organization) REFERENCES installations (id) ON DELETE CASCADE
);
CREATE TABLE passes (
	id INTEGER NOT NULL, 
	wiki VARCHAR(64) NOT NULL, 
	rhythm VARCHAR(16) NOT NULL, 
	began DATETIME NOT NULL, 
	ended DATETIME NOT NULL, 
	complete BOOLEAN NOT NULL, 
	error TEXT NOT NULL, 
	told TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE processes (
	name VARCHAR(128) NOT NULL, 
	until DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE reminders (
	recipient VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (recipient)
);
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	applied DATETIME NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(2,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(3,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(4,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(5,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(6,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(7,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(8,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(9,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(10,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(11,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(12,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(13,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(14,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(15,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(16,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(17,'2026-11-01 00:00:00.000000');
INSERT INTO "schema_version" VALUES(18,'2026-11-26 19:06:24.879161');
INSERT INTO "schema_version" VALUES(19,'2026-11-26 21:09:26.628982');
INSERT INTO "schema_version" VALUES(20,'2026-11-28 10:00:00.000000');
INSERT INTO "schema_version" VALUES(21,'2026-11-28 09:40:45.250704');
INSERT INTO "schema_version" VALUES(22,'2026-11-28 09:40:45.250704');
CREATE TABLE shown (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	team VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	ts VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	way VARCHAR(16) NOT NULL, 
	open BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE shown_pages (
	shown INTEGER NOT NULL, 
	wiki VARCHAR(64) NOT NULL, 
	page TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	url TEXT NOT NULL, 
	words BOOLEAN NOT NULL, 
	PRIMARY KEY (shown, wiki, page), 
	FOREIGN KEY(shown) REFERENCES shown (id) ON DELETE CASCADE
);
CREATE TABLE shown_readers (
	shown INTEGER NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	PRIMARY KEY (shown, person), 
	FOREIGN KEY(shown) REFERENCES shown (id) ON DELETE CASCADE
);
CREATE TABLE syncs (
	wiki VARCHAR(64) NOT NULL, 
	holder VARCHAR(128) NOT NULL, 
	PRIMARY KEY (wiki)
);
CREATE TABLE threads (
	team VARCHAR(32) NOT NULL, 
	channel VARCHAR(32) NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	quiet BOOLEAN NOT NULL, 
	changed DATETIME NOT NULL, 
	PRIMARY KEY (team, channel, thread)
);
CREATE TABLE tokens (
	digest VARCHAR(64) NOT NULL, 
	team VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	name VARCHAR(24) NOT NULL, 
	made DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	PRIMARY KEY (digest), 
	UNIQUE (team, person, name)
);
CREATE TABLE usage (
	day DATE NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	payer VARCHAR(64) NOT NULL, 
	tokens BIGINT NOT NULL, 
	cost FLOAT NOT NULL, 
	PRIMARY KEY (day, kind, payer)
);
CREATE TABLE verdicts (
	answer INTEGER NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	verdict VARCHAR(8) NOT NULL, 
	changed DATETIME NOT NULL, 
	PRIMARY KEY (answer, person), 
	FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
);
CREATE TABLE written (
	id INTEGER NOT NULL, 
	flag INTEGER, 
	question TEXT NOT NULL, 
	text TEXT NOT NULL, 
	author VARCHAR(32) NOT NULL, 
	author_name VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	sources TEXT NOT NULL, 
	says TEXT NOT NULL, 
	acl TEXT NOT NULL, 
	channel VARCHAR(32) DEFAULT '' NOT NULL, 
	by_admin BOOLEAN DEFAULT 0 NOT NULL, 
	ended VARCHAR(16) DEFAULT '' NOT NULL, 
	ended_by VARCHAR(32) DEFAULT '' NOT NULL, 
	announced_in VARCHAR(32) DEFAULT '' NOT NULL, 
	announcement VARCHAR(32) DEFAULT '' NOT NULL, 
	announce_due BOOLEAN DEFAULT 1 NOT NULL, team VARCHAR(32) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(flag) REFERENCES flags (id) ON DELETE SET NULL
);
CREATE INDEX ix_inbox_changed ON inbox (changed);
CREATE INDEX ix_inbox_state ON inbox (state);
CREATE INDEX ix_answers_given ON answers (given);
CREATE INDEX ix_answers_asker ON answers (asker);
CREATE INDEX ix_threads_changed ON threads (changed);
CREATE INDEX ix_passes_ended ON passes (ended);
CREATE INDEX ix_passes_wiki ON passes (wiki);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_edited_questions_letter ON edited_questions (letter);
CREATE INDEX ix_flags_state ON flags (state);
CREATE INDEX ix_flag_steps_flag ON flag_steps (flag);
CREATE INDEX ix_written_flag ON written (flag);
CREATE INDEX ix_written_expires ON written (expires);
CREATE INDEX ix_shown_at ON shown (at);
CREATE INDEX ix_shown_person ON shown (person);
CREATE INDEX ix_shown_readers_person ON shown_readers (person);
CREATE INDEX ix_org_workspaces_organization ON org_workspaces (organization);
CREATE INDEX ix_oauth_states_expires ON oauth_states (expires);
CREATE INDEX ix_answers_message ON answers (message);
CREATE INDEX ix_answers_falling ON answers (id) WHERE falling = 1;
COMMIT;
