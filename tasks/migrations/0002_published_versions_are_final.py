"""The database itself keeps published procedure versions as they are, and task references long enough to tell."""

from django.db import migrations

KEEP = """
CREATE FUNCTION tasks_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.stage <> 'draft' THEN
            RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.stage <> 'draft' AND (NEW.stage = 'draft'
        OR (OLD.procedure_id, OLD.number, OLD.wants_review) <> (NEW.procedure_id, NEW.number, NEW.wants_review)) THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON tasks_procedureversion
    FOR EACH ROW EXECUTE FUNCTION tasks_keep_version();
CREATE FUNCTION tasks_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stage text;
BEGIN
    SELECT v.stage INTO stage FROM tasks_procedureversion v
        WHERE v.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
    IF stage IS NOT NULL AND stage <> 'draft' THEN
        RAISE EXCEPTION 'steps of a published version never change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_is_final BEFORE INSERT OR UPDATE OR DELETE ON tasks_step
    FOR EACH ROW EXECUTE FUNCTION tasks_keep_step();
"""
FREE = """
DROP TRIGGER published_is_final ON tasks_procedureversion; DROP TRIGGER published_is_final ON tasks_step;
DROP FUNCTION tasks_keep_version(); DROP FUNCTION tasks_keep_step();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_tables")]
    operations = [
        migrations.RunSQL(KEEP, FREE),
        migrations.RunSQL("SELECT setval(pg_get_serial_sequence('tasks_task', 'id'), 10000)", migrations.RunSQL.noop),
    ]
