"""The database itself refuses to change history, and keeps the cache's table."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION records_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: history is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION records_refuse_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('backoffice.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'DELETE on % is refused: erase it by the recorded verb', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_event
    FOR EACH ROW EXECUTE FUNCTION records_refuse();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON records_event
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records_seal
    FOR EACH ROW EXECUTE FUNCTION records_refuse();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON records_seal
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse();
CREATE TRIGGER never_changed BEFORE UPDATE ON records_eventpayload
    FOR EACH ROW EXECUTE FUNCTION records_refuse();
CREATE TRIGGER only_erased BEFORE DELETE ON records_eventpayload
    FOR EACH ROW EXECUTE FUNCTION records_refuse_unless_erasing();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON records_eventpayload
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse();
"""
ALLOW = """
DROP TRIGGER append_only ON records_event; DROP TRIGGER never_truncated ON records_event;
DROP TRIGGER append_only ON records_seal; DROP TRIGGER never_truncated ON records_seal;
DROP TRIGGER never_changed ON records_eventpayload; DROP TRIGGER only_erased ON records_eventpayload;
DROP TRIGGER never_truncated ON records_eventpayload;
DROP FUNCTION records_refuse(); DROP FUNCTION records_refuse_unless_erasing();
"""
CACHE = """CREATE TABLE records_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX records_cache_expires ON records_cache (expires);"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_tables")]
    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(CACHE, "DROP TABLE records_cache"),
    ]
