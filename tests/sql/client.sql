-- A client's database: the tables of kivitendo's schema "public" that the executor and its native
-- jobs touch (state of release 4.1), with one row of defaults and no jobs.  Load into an empty
-- database.  Columns that only the web pages use are left out, except a few whose NOT NULL, trigger
-- or unique index a job could run into.

SET client_min_messages = warning;

CREATE SEQUENCE id;

CREATE FUNCTION set_mtime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.mtime := now();
    RETURN NEW;
END
$$;

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
    cron_spec    varchar(255),
    node_id      text,
    description  text
);

CREATE TABLE background_job_histories (
    id           serial PRIMARY KEY,
    package_name varchar(255),
    run_at       timestamp,
    status       varchar(255),
    result       text,
    error        text,
    data         text,
    description  text
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
CREATE INDEX employee_name_key ON employee (name);

-- The two reclamation ranges cannot be null, the others can.
CREATE TABLE defaults (
    id                          serial PRIMARY KEY,
    closedto                    date,
    invnumber                   text,
    cnnumber                    text,
    soinumber                   text,
    pqinumber                   text,
    sonumber                    text,
    ponumber                    text,
    pocnumber                   text,
    sqnumber                    text,
    rfqnumber                   text,
    sdonumber                   text,
    pdonumber                   text,
    sudonumber                  text,
    rdonumber                   text,
    s_reclamation_record_number text NOT NULL DEFAULT '0',
    p_reclamation_record_number text NOT NULL DEFAULT '0',
    customernumber              text,
    vendornumber                text,
    articlenumber               text,
    businessnumber              text,
    itime                       timestamp DEFAULT now(),
    mtime                       timestamp
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
CREATE TRIGGER mtime_project BEFORE UPDATE ON project
    FOR EACH ROW EXECUTE FUNCTION set_mtime();

CREATE TYPE order_types AS ENUM (
    'request_quotation', 'sales_quotation', 'purchase_quotation_intake', 'purchase_order',
    'sales_order_intake', 'sales_order', 'purchase_order_confirmation'
);

CREATE TABLE oe (
    id               integer PRIMARY KEY DEFAULT nextval('id'),
    record_type      order_types NOT NULL,
    ordnumber        text NOT NULL DEFAULT '',
    quonumber        text,
    transdate        date DEFAULT current_date,
    reqdate          date,
    closed           boolean DEFAULT false,
    delivered        boolean DEFAULT false,
    globalproject_id integer REFERENCES project (id),
    employee_id      integer REFERENCES employee (id),
    itime            timestamp DEFAULT now(),
    mtime            timestamp
);
CREATE INDEX oe_record_type_key ON oe (record_type);
CREATE TRIGGER mtime_oe BEFORE UPDATE ON oe FOR EACH ROW EXECUTE FUNCTION set_mtime();

CREATE TABLE validity_tokens (
    id          serial PRIMARY KEY,
    scope       text NOT NULL,
    token       text NOT NULL,
    itime       timestamp NOT NULL DEFAULT now(),
    valid_until timestamp NOT NULL,
    UNIQUE (scope, token)
);

INSERT INTO project_statuses (name, description, position) VALUES
    ('presales', 'Akquise', 1), ('planning', 'In Planung', 2),
    ('running', 'In Bearbeitung', 3), ('done', 'Fertiggestellt', 4);

INSERT INTO defaults (invnumber, cnnumber, soinumber, pqinumber, sonumber, ponumber, pocnumber,
                      sqnumber, rfqnumber, sdonumber, pdonumber, sudonumber, rdonumber,
                      s_reclamation_record_number, p_reclamation_record_number)
VALUES ('0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0');

INSERT INTO schema_info (tag, login) VALUES
    ('release_3_5_5', 'admin'), ('add_node_id_to_background_jobs', 'admin'),
    ('release_3_9_1', 'admin'), ('release_3_9_2', 'admin'), ('release_4_1_0', 'admin');
