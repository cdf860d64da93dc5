"""A reseller that has been in business for years: many rows in every table that grows.

Written by the database itself, in seconds. Most of it is long settled, as in real life; what waits
(requests, mails, invitations) is the smaller part. Committed and analysed, so that the planner
decides as it would in production.
"""

from django.db import connection, transaction
from django_tenants.utils import schema_context

from resellers.schemas import connection as schemas

ROWS = 20_000  # more than a list ever counts: see components.lists.COUNT_LIMIT
TEAM = 20
WAITING = 200  # requests, drafts and mails that are not settled

_NAME = """
    CASE WHEN n %% 100 = 0 THEN 'Nordic' ELSE initcap(substr(md5('word' || n %% 200), 1, 6)) END ||
    (ARRAY[' Steel',' Paper',' Foods',' Motors',' Bank',' Textile',' Energy',' Media',' Travel',
        ' Pharma',' Glass',' Timber',' Marine']) [1 + n %% 13] || ' ' || substr(md5(n::text), 1, 6)
"""

_RESELLER = (
    # The people: most of them active, a fifth invited and never come.
    """
    INSERT INTO accounts_user (id, email, full_name, password, status, suspended_from, is_staff,
        is_superuser, created_at)
    SELECT md5('user' || n)::uuid, 'crowd' || n || '@' || substr(md5(n::text), 1, 6) || '.example',
        initcap(substr(md5('first' || n), 1, 7) || ' ' || substr(md5('last' || n), 1, 9)), '!',
        CASE WHEN n %% 5 = 0 THEN 'pending_email_validation'
             WHEN n %% 50 = 1 THEN 'suspended' ELSE 'active' END,
        '', false, false, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO accounts_staffmember (user_id, role, created_at)
    SELECT md5('user' || n)::uuid, 'viewer', now() FROM generate_series(1, %(team)s) n
    """,
    """
    INSERT INTO accounts_onetimelink (id, user_id, purpose, token_digest, organization, mail_kind,
        created_at, expires_at, used_at)
    SELECT md5('link' || n)::uuid, md5('user' || n)::uuid, 'invitation', md5('token' || n), '', '',
        now() - n * interval '1 minute', now() + interval '7 days' - n * interval '1 minute',
        CASE WHEN n %% 5 = 0 THEN NULL ELSE now() END
    FROM generate_series(1, %(rows)s) n
    """,
    f"""
    INSERT INTO customers_customer (id, organization_name, code, industry, website, account_type,
        turnover_currency, contact_name, contact_title, contact_email, contact_phone, street,
        suite, city, state, postal_code, country, test_drives_enabled, notes, version,
        custom_values, custom_search, tags, created_at)
    SELECT md5('customer' || n)::uuid, {_NAME}, 'CROWD-' || n,
        (ARRAY['Retail','Media','','Energy','Public sector'])[1 + n %% 5], '',
        (ARRAY['Direct','Partner',''])[1 + n %% 3], '',
        substr(md5('last' || n), 1, 9), '', 'office@' || substr(md5(n::text), 1, 6) || '.example',
        '', '', '', '', '', '', (ARRAY['DE','FR','US','GB','ES'])[1 + n %% 5], false, '', 1,
        jsonb_build_object('contract', 'CC-' || n, 'tier', 'level' || n %% 3,
            'seats', (n * 7 %% 1000)::text), 'CC-' || n,
        CASE WHEN n %% 3 = 0 THEN ARRAY['tag' || n %% 40, 'all'] ELSE '{{}}' END,
        now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,  # noqa: S608 - all of it stands here
    """
    INSERT INTO customers_customrank (customer_id, key, rank)
    SELECT md5('customer' || n)::uuid, 'seats', n * 7 %% 1000
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_membership (id, customer_id, user_id, role, introduced_as, created_at)
    SELECT md5('membership' || n)::uuid, md5('customer' || n)::uuid, md5('user' || n)::uuid,
        'administrator', '', now() FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_contact (id, customer_id, first_name, last_name, designation, email,
        phone, mobile, user_type, gets_billing_alerts, is_primary, version, created_at)
    SELECT md5('contact' || n)::uuid, md5('customer' || n)::uuid, 'Anna', 'Contact' || n, '',
        'contact' || n || '@' || substr(md5(n::text), 1, 6) || '.example', '', '', 'viewer', false,
        true, 1, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_accountrun (id, customer_id, started_at, rows)
    SELECT md5('run' || n)::uuid, md5('customer' || n)::uuid, now(), '[]'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_group (id, customer_id, name, attributes, tags, version, created_at)
    SELECT md5('group' || n)::uuid, md5('customer' || n)::uuid, 'Group ' || n, '{"cost": "4711"}',
        ARRAY['tag' || n %% 40, 'all'], 1, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    # Most purchase orders have expired; of the active ones, some are to be renewed soon.
    """
    INSERT INTO customers_purchaseorder (id, customer_id, name, annual_value, currency, status,
        provider, starts_on, expires_on, renewal_on, consumption_base, comment, version,
        created_at, archived_at)
    SELECT md5('order' || n)::uuid, md5('customer' || n)::uuid, 'PO-' || n, n, 'EUR', status,
        (ARRAY['', 'aws', 'azure'])[1 + n %% 3], current_date - 700 - n %% 100,
        CASE status WHEN 'expired' THEN current_date - 1 - n %% 500
                    WHEN 'active' THEN current_date + n %% 500 END,
        CASE WHEN n <= %(waiting)s AND status = 'active' THEN current_date - n %% 20 END,
        0, '', 1, now() - n * interval '1 minute', CASE WHEN n %% 100 = 0 THEN now() END
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT
        CASE WHEN n <= 2 * %(waiting)s THEN 'active' WHEN n %% 50 = 0 THEN 'inactive'
             WHEN n %% 50 = 1 THEN 'in_discussion' ELSE 'expired' END AS status) s
    """,
    # Cloud accounts: most are linked and were looked at this week; a few wait for something.
    """
    INSERT INTO cloudaccounts_customerprovider (id, customer_id, provider, is_enabled,
        shown_in_portal, exports_bill, bill_owner_id, bill_bucket, bill_prefix, bill_region,
        bill_check, bill_trouble_code, bill_request_id, version, created_at)
    SELECT md5('provider' || n)::uuid, md5('customer' || n)::uuid, 'aws', true, n %% 2 = 0, false,
        '', '', '', '', 'not_checked', '', '', 1, now() FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO cloudaccounts_cloudaccount (id, customer_id, provider, origin, id_kind, account_id,
        name, root_email, group_id, status, status_changed_at, status_reason, role_arn,
        external_id, access_state, access_outcome, access_trouble_code, access_request_id,
        access_check_began_at, access_checked_at, access_broken_since, custom_values,
        custom_search, version, created_at)
    SELECT md5('account' || n)::uuid, md5('customer' || n)::uuid, 'aws',
        CASE WHEN n %% 10 = 0 THEN 'created' ELSE 'linked' END, 'account', id,
        initcap(substr(md5('word' || n %% 200), 1, 6)) || ' ' || n, 'root' || n || '@a.example',
        md5('group' || n)::uuid, status, now() - n * interval '1 minute', '',
        'arn:aws:iam::' || id || ':role/ResellerPortal', md5('external' || n), state,
        CASE WHEN state = 'failed' THEN 'refused' ELSE 'ok' END, '', '',
        now() - interval '9 days',
        now() - CASE WHEN n <= %(waiting)s THEN interval '8 days' ELSE n * interval '10 s' END,
        CASE WHEN state = 'failed' THEN now() END,
        CASE WHEN n %% 3 = 0 THEN jsonb_build_object('owner', 'Owner ' || n %% 500)
            ELSE '{}' END, '', 1, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n,
        LATERAL (SELECT (200000000000 + n)::text AS id) i,
        LATERAL (SELECT CASE WHEN n %% 500 = 1 THEN 'draft' WHEN n %% 100 = 2 THEN 'unlinked'
            WHEN n %% 100 = 3 THEN 'suspended' ELSE 'linked' END AS status) s,
        LATERAL (SELECT CASE WHEN n %% 200 = 5 THEN 'failed' ELSE 'ok' END AS state) c
    """,
    """
    INSERT INTO cloudaccounts_holding (account_id, customer_id, since, until)
    SELECT id, customer_id, now() - interval '90 days',
        CASE WHEN status = 'unlinked' THEN now() - interval '1 day' END
    FROM cloudaccounts_cloudaccount WHERE status <> 'draft'
    """,
    # What was under way at AWS has ended, but for a few.
    """
    INSERT INTO cloudaccounts_invitation (id, account_id, via, management_account_id, kind, state,
        provider_reference, ordered_at, answered_at, ended_at, due_at, expires_at, attempts,
        trouble_code, trouble_request_id, is_to_be_cancelled, is_to_be_resent)
    SELECT md5('invitation' || n)::uuid, md5('account' || n)::uuid, 'platform', '999988887777',
        'join_organization', CASE WHEN is_open THEN 'pending' ELSE 'accepted' END,
        'h-' || md5(n::text), now() - n * interval '1 minute', now(),
        CASE WHEN NOT is_open THEN now() END,
        CASE WHEN is_open THEN now() + n * interval '1 minute' END,
        now() + interval '12 days', 0, '', '', false, false
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT n <= %(waiting)s AS is_open) o
    """,
    """
    INSERT INTO cloudaccounts_creation (id, account_id, via, management_account_id, state,
        provider_reference, ordered_at, answered_at, ended_at, due_at, attempts, trouble_code,
        trouble_request_id, name, root_email, orders)
    SELECT md5('creation' || n)::uuid, md5('account' || n)::uuid, 'platform', '999988887777',
        CASE WHEN is_open THEN 'in_progress' ELSE 'succeeded' END, 'car-' || md5(n::text),
        now() - n * interval '1 minute', now(), CASE WHEN NOT is_open THEN now() END,
        CASE WHEN is_open THEN now() + n * interval '1 minute' END, 0, '', '', 'Account ' || n,
        'root' || n || '@a.example', 1
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT n <= %(waiting)s AS is_open) o
    """,
    """
    INSERT INTO cloudaccounts_secretlink (id, account_id, email, recipient_name, ciphertext,
        token_digest, created_at, expires_at, opened_at, erased_at)
    SELECT md5('secret' || n)::uuid, md5('account' || n)::uuid, 'crowd' || n || '@a.example', '',
        CASE WHEN n <= %(waiting)s THEN 'x'::bytea ELSE ''::bytea END, md5('secret' || n),
        now() - interval '1 day', now() + interval '6 days',
        CASE WHEN n > %(waiting)s THEN now() END, CASE WHEN n > %(waiting)s THEN now() END
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO approvals_approvalrequest (id, kind, status, version, requester_id, customer_id,
        created_at, submitted_at, decided_by_id, decided_at, decline_reason, decline_message,
        declined_silently)
    SELECT md5('request' || n)::uuid, 'signup', status, 1, md5('user' || n)::uuid,
        CASE WHEN status = 'approved' THEN md5('customer' || n)::uuid END,
        now() - n * interval '1 minute',
        CASE WHEN status <> 'draft' THEN now() - n * interval '1 minute' END,
        CASE WHEN status IN ('approved', 'declined')
            THEN md5('user' || (%(rows)s - n %% 20))::uuid END,
        CASE WHEN status IN ('approved', 'declined') THEN now() END,
        CASE WHEN status = 'declined' THEN 'other' ELSE '' END, '', false
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT CASE
        WHEN n <= %(waiting)s THEN 'pending' WHEN n <= 2 * %(waiting)s THEN 'draft'
        WHEN n %% 2 = 0 OR n > %(rows)s - 20 THEN 'approved' ELSE 'declined' END AS status) s
    WHERE n <= %(rows)s - 20
    """,
    f"""
    INSERT INTO approvals_signup (request_id, company, contact_name, title, phone, email, country,
        street, suite, city, state, postal_code, licence_accepted_at, submission)
    SELECT md5('request' || n)::uuid, {_NAME}, substr(md5('last' || n), 1, 9), '', '',
        'crowd' || n || '@' || substr(md5(n::text), 1, 6) || '.example', 'DE', '', '', '', '', '',
        now(), gen_random_uuid()
    FROM generate_series(1, %(rows)s - 20) n
    """,  # noqa: S608
    """
    INSERT INTO approvals_approvalrequest (id, kind, status, version, requester_id, customer_id,
        created_at, submitted_at, decided_by_id, decided_at, ended_at, decline_reason,
        decline_message, declined_silently)
    SELECT md5('asked' || n)::uuid, 'link', status, 1, md5('user' || n)::uuid,
        md5('customer' || n)::uuid, now() - n * interval '1 minute',
        now() - n * interval '1 minute',
        CASE WHEN status = 'fulfilled' THEN md5('user' || 1 + n %% 20)::uuid END,
        CASE WHEN status = 'fulfilled' THEN now() END,
        CASE WHEN status = 'fulfilled' THEN now() END, '', '', false
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT
        CASE WHEN n <= %(waiting)s THEN 'pending' ELSE 'fulfilled' END AS status) s
    """,
    """
    INSERT INTO approvals_accountrequest (request_id, account_id, provider, customer_name,
        account_name, account_id_then, support, reason, in_portal, is_open, submission)
    SELECT md5('asked' || n)::uuid, md5('account' || n)::uuid,
        (ARRAY['aws', 'aws', 'azure'])[1 + n %% 3], 'Crowd ' || n, 'Account ' || n,
        lpad(n::text, 12, '0'), '', '', n %% 2 = 0, n <= %(waiting)s, gen_random_uuid()
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO approvals_requestmessage (id, request_id, kind, text, at)
    SELECT md5('message' || n)::uuid, md5('asked' || n)::uuid, 'question', 'Who?', now()
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO notifications_outgoingmail (id, kind, unique_key, recipient_email, recipient_name,
        language, subject, text_body, html_body, secret_link, about, state, attempts,
        next_attempt_at, sent_at, error, created_at)
    SELECT md5('mail' || n)::uuid, 'welcome', 'crowd:' || n, 'crowd' || n || '@a.example', '',
        'en', 'Welcome', repeat('Hello ', 40), repeat('<p>Hello</p>', 40), '',
        ARRAY[md5('customer' || n)::uuid, md5('user' || n)::uuid], state, 1,
        CASE WHEN state = 'queued' THEN now() + n * interval '1 minute' END,
        CASE WHEN state = 'sent' THEN now() END, '', now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT CASE
        WHEN n <= %(waiting)s THEN 'queued' WHEN n %% 100 = 0 THEN 'failed' ELSE 'sent'
        END AS state) s
    """,
    # Most background jobs have ended; their files are deleted after days.
    """
    INSERT INTO jobs_job (id, kind, arguments, state, done, total, place, result, sentence,
        created_at, ended_at, next_run_at, attempts)
    SELECT md5('job' || n)::uuid, 'crowd', '{}', CASE WHEN n <= %(waiting)s THEN 'queued'
        ELSE 'done' END, 0, 0, '{}', '{}', '', now() - n * interval '1 minute',
        CASE WHEN n > %(waiting)s THEN now() END,
        CASE WHEN n <= %(waiting)s THEN now() + n * interval '1 minute' END, 0
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_import (id, what, file_name, told, headers, header_row, samples, columns,
        takes_odd_addresses, created_at)
    SELECT md5('import' || n)::uuid, 'customers', 'crowd.csv', '', '["Code"]', 1, '[]', '["code"]',
        false, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_export (id, file_name, format, delimiter, parameters, told, rows,
        made_by_id, created_at)
    SELECT md5('export' || n)::uuid, 'crowd.csv', 'csv', ',', '{}', '', 3,
        md5('user' || 1 + n %% %(team)s)::uuid, now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_importrow (source_id, number, outcome, name, reason, is_odd)
    SELECT md5('import' || 1 + n %% 200)::uuid, 2 + n / 200, 'unchanged', 'Crowd', '', false
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_bulkrun (id, action, tags, reason, is_all_matching, parameters, plan,
        total, counts, created_at)
    SELECT md5('bulk' || n)::uuid, 'suspend', '{}', '', false, '{}', '', 100, '{"done": 100}',
        now() - n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO customers_bulkrow (run_id, number, customer_id, outcome, reason)
    SELECT md5('bulk' || 1 + n %% 200)::uuid, 1 + n / 200, md5('customer' || n)::uuid, 'done', ''
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO jobs_storedfile (id, name, size, created_at, keep_until)
    SELECT md5('file' || n)::uuid, 'crowd.csv', 3, now(), now() + n * interval '1 minute'
    FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO jobs_storedpart (file_id, number, content)
    SELECT md5('file' || n)::uuid, 0, 'abc' FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO mfa_authenticator (user_id, type, data, created_at)
    SELECT md5('user' || n)::uuid, CASE n %% 2 WHEN 0 THEN 'webauthn' ELSE 'recovery_codes' END,
        '{"hashes": {}}', now() FROM generate_series(1, %(rows)s) n
    """,
)
_BOTH = (
    """
    INSERT INTO audit_auditentry (at, action, actor_id, actor_name, subject_type, subject_id,
        subject_name, about, changes, note)
    SELECT now() - n * interval '1 minute', 'customer.edited', md5('user' || n %% %(team)s)::uuid,
        'Somebody', 'customers.customer', md5('customer' || n)::uuid, 'Somewhere',
        ARRAY[md5('customer' || n)::uuid], '{}', '' FROM generate_series(1, %(rows)s) n
    """,
    """
    INSERT INTO accounts_session (session_key, session_data, expire_date, began_at, seen_at,
        browser, user_id)
    SELECT md5('session' || n), '', now() + n * interval '1 minute', now(), now(), '',
        (SELECT id FROM accounts_user WHERE id = md5('user' || n)::uuid)
    FROM generate_series(1, %(rows)s) n
    """,
)
_PUBLIC = (
    """
    INSERT INTO operations_fulfilmentticket (id, reseller_id, kind, state, version, request_id,
        cloud_account_id, provider, customer_name, account_name, account_id, root_email, role_arn,
        role_check, support, reason, requested_by, approved_by, errand, trouble_code,
        trouble_request_id, outcome_note, created_at, closed_at)
    SELECT md5('ticket' || n)::uuid, (SELECT id FROM resellers_reseller ORDER BY id LIMIT 1),
        'link', state, 1, md5('asked' || n)::uuid, md5('account' || n)::uuid, 'aws', 'Crowd ' || n,
        'Account ' || n, lpad(n::text, 12, '0'), '', '', '', '', '', '', '', '', '', '', '',
        now() - n * interval '1 minute', CASE WHEN state = 'done' THEN now() END
    FROM generate_series(1, %(rows)s) n, LATERAL (SELECT
        CASE WHEN n <= %(waiting)s THEN 'open' ELSE 'done' END AS state) s
    """,
    """
    INSERT INTO operations_ticketnote (id, ticket_id, text, at)
    SELECT md5('note' || n)::uuid, md5('ticket' || n)::uuid, 'Called.', now()
    FROM generate_series(1, %(rows)s) n
    """,
)


def move_in(schema: str) -> None:
    """Fill a reseller's schema, and public. Commits."""
    numbers = {"rows": ROWS, "team": TEAM, "waiting": WAITING}
    for where, statements in ((schema, (*_RESELLER, *_BOTH)), ("public", (*_BOTH, *_PUBLIC))):
        with schema_context(where), transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, numbers)
    schemas.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
