BEGIN;
INSERT INTO tasks_task (title, text, state, priority, procedure_id, version_id, department_id, confidential, due_at, due_is_date, due_from_target, remaining_minutes, start_by, urgent_at, alarm_at, clock_key, subject_kind, subject_ref, external_source, external_reference, opened_at, waiting_kind, waiting_reason, changed_at, revision) VALUES ('A letter about something', '', 'open', 3, :procedure, :version, :department, false, now(), false, true, 15, now(), now(), now(), 'bench', '', '', '', '', now(), '', '', now(), 1) RETURNING id AS task \gset
INSERT INTO tasks_searchentry (task_id, department_id, words) VALUES (:task, :department, '''a'':1a ''letter'':1a ''about'':1a ''something'':1a ''department:1'''::tsvector);
WITH event AS (INSERT INTO records_event (occurred_at, actor_id, origin, verb, subject_kind, subject_id, task_id, department_id, from_state, to_state, schema, digest) VALUES (now(), :person, 'api', 'open', 'task', :task, :task, :department, '', 'open', 1, 'digest') RETURNING id) INSERT INTO records_eventpayload (event_id, salt, body) SELECT id, 'salt', '{"revision": 1, "title": "A letter about something"}' FROM event;
INSERT INTO tasks_involvement (task_id, person_id, how, since) VALUES (:task, :person, 'created', now()) ON CONFLICT DO NOTHING;
INSERT INTO tasks_tallydelta (department_id, tasks, minutes) VALUES (:department, 1, 15);
COMMIT;
