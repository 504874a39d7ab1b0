BEGIN TRANSACTION;
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
	message VARCHAR(32) NOT NULL, 
	as_of DATETIME, 
	given DATETIME NOT NULL, 
	falling BOOLEAN DEFAULT 0 NOT NULL, 
	retracted DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (team, channel, ts)
);
INSERT INTO "answers" VALUES(1,'kept','kept','kept','kept','kept','kept','kept',0,'kept',NULL,'2026-11-01 00:00:00.000000',0,NULL);
CREATE TABLE cited (
	answer INTEGER NOT NULL, 
	wiki VARCHAR(64) NOT NULL, 
	page TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	acl TEXT NOT NULL, 
	PRIMARY KEY (answer, wiki, page), 
	FOREIGN KEY(answer) REFERENCES answers (id) ON DELETE CASCADE
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
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	received DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	holder VARCHAR(128) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (team, channel, ts), 
	UNIQUE (event)
);
INSERT INTO "inbox" VALUES(1,'kept','kept','kept','kept','kept','kept','kept','kept',0,'kept',0,'2026-11-01 00:00:00.000000','2026-11-01 00:00:00.000000','');
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
	changed DATETIME NOT NULL, 
	PRIMARY KEY (id)
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
CREATE TABLE syncs (
	wiki VARCHAR(64) NOT NULL, 
	holder VARCHAR(128) NOT NULL, 
	PRIMARY KEY (wiki)
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
	PRIMARY KEY (id), 
	FOREIGN KEY(flag) REFERENCES flags (id) ON DELETE SET NULL
);
CREATE INDEX ix_inbox_changed ON inbox (changed);
CREATE INDEX ix_inbox_state ON inbox (state);
CREATE INDEX ix_answers_given ON answers (given);
CREATE INDEX ix_answers_asker ON answers (asker);
CREATE INDEX ix_passes_ended ON passes (ended);
CREATE INDEX ix_passes_wiki ON passes (wiki);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_flags_state ON flags (state);
CREATE INDEX ix_flag_steps_flag ON flag_steps (flag);
CREATE INDEX ix_written_flag ON written (flag);
CREATE INDEX ix_written_expires ON written (expires);
COMMIT;
