-- A client's database as it was before release 3.5.5 and has not been upgraded since: jobs without
-- node_id and description, orders with the boolean "quotation" where there is now a record_type,
-- no validity tokens, and only the number ranges of that time.  Load into an empty database.

SET client_min_messages = warning;

CREATE SEQUENCE id;

CREATE TABLE schema_info (
    tag   text PRIMARY KEY,
    login text,
    itime timestamp DEFAULT now()
);

CREATE TABLE background_jobs (
    id           serial PRIMARY KEY,
    type         varchar(255),
    package_name varchar(255),
    last_run_at  timestamp,
    next_run_at  timestamp,
    data         text,
    active       boolean,
    cron_spec    varchar(255)
);

CREATE TABLE background_job_histories (
    id           serial PRIMARY KEY,
    package_name varchar(255),
    run_at       timestamp,
    status       varchar(255),
    result       text,
    error        text,
    data         text
);

CREATE TABLE employee (
    id        integer PRIMARY KEY DEFAULT nextval('id'),
    login     text UNIQUE,
    name      text,
    startdate date DEFAULT current_date,
    enddate   date,
    sales     boolean DEFAULT true,
    deleted   boolean DEFAULT false,
    itime     timestamp DEFAULT now(),
    mtime     timestamp
);

CREATE TABLE defaults (
    id             serial PRIMARY KEY,
    closedto       date,
    invnumber      text,
    cnnumber       text,
    sonumber       text,
    ponumber       text,
    sqnumber       text,
    rfqnumber      text,
    sdonumber      text,
    pdonumber      text,
    customernumber text,
    vendornumber   text,
    itime          timestamp DEFAULT now(),
    mtime          timestamp
);

CREATE TABLE project_statuses (
    id          integer PRIMARY KEY DEFAULT nextval('id'),
    name        text NOT NULL,
    description text NOT NULL,
    position    integer NOT NULL,
    itime       timestamp DEFAULT now(),
    mtime       timestamp
);

CREATE TABLE project (
    id                integer PRIMARY KEY DEFAULT nextval('id'),
    projectnumber     text UNIQUE,
    description       text,
    active            boolean DEFAULT true,
    valid             boolean DEFAULT true,
    project_status_id integer NOT NULL REFERENCES project_statuses (id),
    itime             timestamp DEFAULT now(),
    mtime             timestamp
);

CREATE TABLE oe (
    id               integer PRIMARY KEY DEFAULT nextval('id'),
    ordnumber        text NOT NULL DEFAULT '',
    quonumber        text,
    quotation        boolean DEFAULT false,
    customer_id      integer,
    vendor_id        integer,
    transdate        date DEFAULT current_date,
    reqdate          date,
    closed           boolean DEFAULT false,
    delivered        boolean DEFAULT false,
    globalproject_id integer REFERENCES project (id),
    employee_id      integer REFERENCES employee (id),
    itime            timestamp DEFAULT now(),
    mtime            timestamp
);

INSERT INTO project_statuses (name, description, position) VALUES
    ('presales', 'Akquise', 1), ('planning', 'In Planung', 2),
    ('running', 'In Bearbeitung', 3), ('done', 'Fertiggestellt', 4);

INSERT INTO defaults (invnumber, cnnumber, sonumber, ponumber, sqnumber, rfqnumber, sdonumber, pdonumber)
VALUES ('0', '0', '0', '0', '0', '0', '0', '0');

INSERT INTO schema_info (tag, login) VALUES ('release_3_5_0', 'admin'), ('release_3_5_4', 'admin');
