BEGIN;
SELECT * FROM organization_user WHERE id = :person + :client_id FOR NO KEY UPDATE;
SELECT id, state FROM tasks_task WHERE assignee_id = :person AND state IN ('open', 'in_progress') ORDER BY state, urgent_at, id LIMIT 1;
SELECT (SELECT json_agg(level) FROM organization_holding WHERE person_id = :person), (SELECT ends_at FROM organization_absence WHERE person_id = :person AND starts_at <= now() AND ends_at > now() LIMIT 1), (SELECT count(*) FROM tasks_task WHERE assignee_id = :person AND state IN ('open', 'in_progress'));
SELECT m.department_id, d.name, m.role, m.cap, d.cap, s.time_zone FROM organization_membership m JOIN organization_department d ON d.id = m.department_id JOIN organization_site s ON s.id = d.site_id WHERE m.person_id = :person AND m.starts_on <= current_date;
SELECT string_agg(id::text, ',') AS candidates FROM (
%(candidates)s
) heads \gset
%(lock)s \gset
SELECT t.*, p.*, v.*, d.*, s.*, c.* FROM tasks_task t JOIN tasks_procedure p ON p.id = t.procedure_id JOIN tasks_procedureversion v ON v.id = t.version_id JOIN organization_department d ON d.id = t.department_id JOIN organization_site s ON s.id = d.site_id JOIN organization_officecalendar c ON c.id = d.calendar_id WHERE t.id = :task;
SELECT r.qualification_id, q.name, r.level FROM tasks_requirement r JOIN organization_qualification q ON q.id = r.qualification_id WHERE r.procedure_id = 1;
UPDATE tasks_task SET state = 'in_progress', assignee_id = :person, claimed_at = now(), started_at = now(), first_started_at = now(), revision = 2, changed_at = now() WHERE id = :task;
WITH event AS (INSERT INTO records_event (occurred_at, actor_id, origin, verb, subject_kind, subject_id, task_id, department_id, from_state, to_state, schema, digest) VALUES (now(), :person, 'api', 'next', 'task', :task, :task, :department, 'open', 'in_progress', 1, 'digest') RETURNING id) INSERT INTO records_eventpayload (event_id, salt, body) SELECT id, 'salt', '{"changes": {"state": ["open", "in_progress"]}, "revision": 2}' FROM event;
INSERT INTO tasks_involvement (task_id, person_id, how, since) VALUES (:task, :person, 'held', now()) ON CONFLICT DO NOTHING;
INSERT INTO tasks_tallydelta (department_id, tasks, minutes) VALUES (:department, -1, -15);
COMMIT;
