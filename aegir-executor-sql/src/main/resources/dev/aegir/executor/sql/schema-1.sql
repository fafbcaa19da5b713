-- SPDX-License-Identifier: Apache-2.0
-- Version 1. Words in braces are the database's own: see Dialect. Instants are microseconds since 1970.

create table aegir_counter (
    name text not null primary key,
    value bigint not null
);
insert into aegir_counter (name, value) values ('fence', 0);

-- The inventory. words and links are also here, as JSON, so that reading a document is reading one row.
create table aegir_document (
    kind text not null,
    id text not null,
    name text not null,
    words text not null,
    links text not null,
    json text not null,
    primary key (kind, id)
);
create index aegir_document_name on aegir_document (kind, name);
create table aegir_document_word (
    kind text not null,
    word text not null,
    id text not null,
    primary key (kind, word)
);
create index aegir_document_word_id on aegir_document_word (kind, id);
create table aegir_document_link (
    kind text not null,
    link text not null,
    id text not null,
    primary key (kind, link, id)
);
create index aegir_document_link_id on aegir_document_link (kind, id);

-- Tasks in the order of submission. turn counts how often the task was handed to the queue: only the row of the queue that
-- has its present turn may run it. undoing: it was being taken back when it was last run.
create table aegir_task (
    seq {identity},
    id text not null unique,
    task_key text unique,
    type text not null,
    title text not null,
    json text not null,
    priority integer not null,
    approved text,
    on_crash text not null,
    state text not null,
    fence bigint not null,
    undoing boolean not null,
    turn bigint not null,
    commit_stage integer not null,
    cancel text,
    cause text,
    created bigint not null,
    updated bigint not null,
    not_before bigint
);
create index aegir_task_state on aegir_task (state, seq);

-- state: LATER (not asked for yet, or given up), WAITING, HELD.
create table aegir_lock (
    task_seq bigint not null,
    place integer not null,
    lock_key text not null,
    kind text not null,
    name text not null,
    sharers integer not null,
    priority integer not null,
    state text not null,
    primary key (task_seq, place)
);
create index aegir_lock_line on aegir_lock (lock_key, state, priority desc, task_seq);

-- stuck_undoing: it got stuck while it was taken back.
create table aegir_step (
    task_seq bigint not null,
    place integer not null,
    stage integer not null,
    name text not null,
    type text not null,
    json text not null,
    state text not null,
    attempt integer not null,
    facts text not null,
    error text,
    stuck_undoing boolean not null,
    primary key (task_seq, place)
);

create table aegir_event (
    place {identity},
    task_seq bigint not null,
    at bigint not null,
    kind text not null,
    step text not null,
    text text not null
);
create index aegir_event_task on aegir_event (task_seq, place);

-- db-scheduler's table.
create table aegir_queue (
    task_name text not null,
    task_instance text not null,
    task_data {bytes},
    execution_time bigint not null,
    picked boolean not null,
    picked_by text,
    last_success bigint,
    last_failure bigint,
    consecutive_failures integer,
    last_heartbeat bigint,
    version bigint not null,
    primary key (task_name, task_instance)
);
create index aegir_queue_due on aegir_queue (picked, execution_time);
create index aegir_queue_heartbeat on aegir_queue (picked, last_heartbeat);
