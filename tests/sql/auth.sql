-- The authentication database: the tables of kivitendo's schema "auth" that the executor touches,
-- with the columns it may meet there (state of release 4.1).  Load into an empty database.
-- Not here: groups, rights and everything else only the web pages use.

SET client_min_messages = warning;

CREATE SCHEMA auth;

CREATE TABLE auth.schema_info (
    tag   text PRIMARY KEY,
    login text,
    itime timestamp DEFAULT now()
);

CREATE TABLE auth."user" (
    id       serial PRIMARY KEY,
    login    text NOT NULL UNIQUE,
    password text
);

CREATE TABLE auth.user_config (
    user_id   integer NOT NULL REFERENCES auth."user" (id) ON DELETE CASCADE,
    cfg_key   text NOT NULL,
    cfg_value text,
    PRIMARY KEY (user_id, cfg_key)
);

-- Enabled for the task server means: task_server_user_id is not null.
CREATE TABLE auth.clients (
    id                  serial PRIMARY KEY,
    name                text NOT NULL UNIQUE,
    dbhost              text NOT NULL,
    dbport              integer NOT NULL DEFAULT 5432,
    dbname              text NOT NULL,
    dbuser              text NOT NULL,
    dbpasswd            text NOT NULL,
    is_default          boolean NOT NULL DEFAULT false,
    task_server_user_id integer REFERENCES auth."user" (id),
    UNIQUE (dbhost, dbport, dbname)
);

CREATE TABLE auth.clients_users (
    client_id integer NOT NULL REFERENCES auth.clients (id) ON DELETE CASCADE,
    user_id   integer NOT NULL REFERENCES auth."user" (id) ON DELETE CASCADE,
    PRIMARY KEY (client_id, user_id)
);

CREATE TABLE auth.session (
    id         text PRIMARY KEY,
    ip_address inet,
    mtime      timestamp
);

CREATE TABLE auth.session_content (
    session_id   text NOT NULL REFERENCES auth.session (id) ON DELETE CASCADE,
    sess_key     text NOT NULL,
    sess_value   text,
    auto_restore boolean,
    PRIMARY KEY (session_id, sess_key)
);

INSERT INTO auth.schema_info (tag, login) VALUES
    ('release_3_3_0', 'admin'), ('client_task_server', 'admin'), ('release_3_4_0', 'admin'),
    ('release_3_9_2', 'admin'), ('release_4_1_0', 'admin');
