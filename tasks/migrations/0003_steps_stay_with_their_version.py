"""A step cannot be moved into a published version either: the version it goes to is asked as well."""

from django.db import migrations

STAY = """
CREATE OR REPLACE FUNCTION tasks_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tasks_procedureversion v WHERE v.stage <> 'draft'
            AND ((TG_OP <> 'INSERT' AND v.id = OLD.version_id) OR (TG_OP <> 'DELETE' AND v.id = NEW.version_id))) THEN
        RAISE EXCEPTION 'steps of a published version never change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION tasks_keep_step() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_published_versions_are_final")]
    operations = [migrations.RunSQL(STAY, BEFORE)]
