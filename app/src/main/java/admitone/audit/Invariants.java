package admitone.audit;

import admitone.database.Columns;
import admitone.database.LongReads;
import admitone.money.Asset;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What must always hold, looked up in the rows themselves. Each check selects the ids that break it. */
@Component
public class Invariants {
    /** What waits for a task may wait this long before it counts as stuck. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What is due by time may be late by so much. */
    private static final Duration LATE = Duration.ofHours(1);

    /** The limit of a statement is in whole seconds. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final LongReads reads;
    private final Clock clock;

    Invariants(LongReads reads, Clock clock) {
        this.reads = reads;
        this.clock = clock;
    }

    /**
     * The outcome of a check.
     *
     * @param violations -1 where it could not be looked at, which is not well either
     * @param examples up to five ids that break it
     * @param why it could not be looked at; else empty
     */
    public record Checked(
            String id, String title, long violations, List<String> examples, Instant checkedAt, String why) {}

    /** Looks at every row, for so long at most in each check and in all of them; changes nothing. */
    public List<Checked> check(Duration each, Duration all) {
        Instant end = clock.instant().plus(all);
        return Arrays.stream(Invariant.values())
                .map(invariant -> check(invariant, each, end))
                .toList();
    }

    private Checked check(Invariant invariant, Duration each, Instant end) {
        Instant now = clock.instant();
        Duration left = Duration.between(now, end);
        if (left.compareTo(LEAST) < 0) {
            return notChecked(invariant, now, "no time left: those before it took all");
        }
        try {
            return reads.within(each.compareTo(left) < 0 ? each : left, jdbc -> check(jdbc, invariant, now));
        } catch (DataAccessException e) {
            return notChecked(
                    invariant, now, NestedExceptionUtils.getMostSpecificCause(e).toString());
        }
    }

    private static Checked notChecked(Invariant invariant, Instant now, String why) {
        return new Checked(invariant.id(), invariant.title, -1, List.of(), now, why);
    }

    private static Checked check(JdbcClient jdbc, Invariant invariant, Instant now) {
        return jdbc.sql("select count(*) as violations, (array_agg(what order by what))[1\\:5] as examples from ("
                        + invariant.breaks + ") broken (what)")
                .param("patient", Columns.at(now.minus(PATIENCE)))
                .param("late", Columns.at(now.minus(LATE)))
                .param("now", Columns.at(now))
                .param("fiat", Asset.fiats().toArray(String[]::new))
                .query((row, n) -> new Checked(
                        invariant.id(),
                        invariant.title,
                        row.getLong("violations"),
                        row.getArray("examples") == null
                                ? List.of()
                                : List.of((String[]) row.getArray("examples").getArray()),
                        now,
                        ""))
                .single();
    }

    private enum Invariant {
        ONE_GRANT_PER_ORDER("An order has at most one grant", """
                select order_id from access.grants where order_id is not null group by seller_id, order_id having count(*) > 1
                """),
        ONE_GRANT_PER_PAYMENT("A payment has at most one grant beside what a person decided in its cases", """
                select g.payment_id from access.grants g
                where g.payment_id is not null and not exists (select from checkout.orders o
                  where o.seller_id = g.seller_id and o.order_id = g.order_id and o.case_id is not null)
                group by g.seller_id, g.payment_id having count(*) > 1
                """),
        ORDER_OF_A_CASE_IS_DECIDED("An order that a decision made is granted, and its case is decided as extend", """
                select o.order_id from checkout.orders o
                left join cases.cases c on c.seller_id = o.seller_id and c.case_id = o.case_id
                where o.case_id is not null
                  and (c.decision is distinct from 'extend' or not exists (select from access.grants g
                    where g.seller_id = o.seller_id and g.order_id = o.order_id))
                """),
        PAID_IS_GRANTED("A paid payment's order has its grant", """
                select p.payment_id from payments.payment p
                where p.state = 'paid'
                  and not exists (select from access.grants g where g.seller_id = p.seller_id and g.order_id = p.order_id)
                """),
        NOT_PAID_TWICE("Of the payments that count for an order, all but one brought a part of its price", """
                select p.order_id from payments.payment p
                where p.state = 'paid' and p.rest_units is null
                  and not exists (select from cases.cases c
                    where c.seller_id = p.seller_id and c.payment_id = p.payment_id and c.kind = 'underpaid')
                group by p.seller_id, p.order_id having count(*) > 1
                """),
        GRANT_IS_PAID("A grant's payment is paid, or was and is refunded", """
                select g.payment_id from access.grants g
                left join payments.payment p on p.seller_id = g.seller_id and p.payment_id = g.payment_id
                where g.given is null and (p.state is null or p.state not in ('paid', 'refunded'))
                """),
        REFUNDED_IS_ENDED("A grant is ended when a payment that it was paid by is refunded", """
                select p.payment_id from access.grants g
                join payments.payment p on p.seller_id = g.seller_id
                  and (p.payment_id = g.payment_id or (p.order_id = g.order_id and p.paid_at is not null))
                where p.state = 'refunded' and g.access <> 'ended'
                """),
        HELD_IS_ASKED("Money that may not be acted on has a case", """
                select p.payment_id from payments.payment p
                where p.state in ('held', 'partially_paid')
                  and not exists (select from cases.cases c where c.seller_id = p.seller_id and c.payment_id = p.payment_id)
                """),
        ORDER_PAID_BY_ITS_PAYMENT("The payment that paid an order is that order's and was paid", """
                select o.order_id from checkout.orders o
                left join payments.payment p on p.seller_id = o.seller_id and p.payment_id = o.paid_by
                where o.paid_by is not null
                  and ((p.order_id is distinct from o.order_id and o.case_id is null) or p.state is null or p.state not in ('paid', 'refunded'))
                """),
        ONE_ACCRUAL_PER_PAYMENT("A payment is accrued at most once", """
                select reference from ledger.journal where kind = 'accrual'
                group by seller_id, reference having count(*) > 1
                """),
        ACCRUAL_IS_PAID("An accrual's payment is paid, or was and is refunded", """
                select j.reference from ledger.journal j
                left join payments.payment p on p.seller_id = j.seller_id and 'payment:' || p.payment_id = j.reference
                where j.kind = 'accrual' and (p.state is null or p.state not in ('paid', 'refunded'))
                """),
        MONEY_IS_IN_ONE_PLACE("What was set aside of a payment that counts is released: it is never both", """
                select s.reference from ledger.journal s
                join ledger.journal a on a.seller_id = s.seller_id and a.reference = s.reference
                where s.kind = 'suspense' and a.kind = 'accrual' and a.rate_asset = s.asset
                  and not exists (select from ledger.journal r
                    where r.seller_id = s.seller_id and r.reference = s.reference
                      and r.kind in ('suspense_release', 'reversal_of_suspense'))
                """),
        SUSPENSE_IS_ASKED("Money that is set aside has a case", """
                select s.reference from ledger.journal s
                where s.kind = 'suspense'
                  and not exists (select from ledger.journal r
                    where r.seller_id = s.seller_id and r.reference = s.reference
                      and r.kind in ('suspense_release', 'reversal_of_suspense'))
                  and not exists (select from cases.cases c where c.seller_id = s.seller_id and c.subject = s.reference)
                """),
        PAID_IS_ACCRUED("A paid payment is accrued, or its accrual is owed", """
                select p.payment_id from payments.payment p
                join checkout.orders o on o.seller_id = p.seller_id and o.order_id = p.order_id
                where p.state = 'paid' and o.price_units >= 100 -- of less, the value may round to nothing
                  and not exists (select from ledger.journal j
                    where j.seller_id = p.seller_id and j.reference = 'payment:' || p.payment_id and j.kind = 'accrual')
                  and not exists (select from tasks.task t
                    where t.seller_id = p.seller_id and t.kind = 'accrue' and t.subject = 'payment:' || p.payment_id
                      and t.state in ('ready', 'running'))
                """),
        SETTLED_AS_TOLD("A payment that counts brought as many coins as the provider says that it paid out", """
                select p.payment_id from payments.payment p
                where p.state = 'paid' and exists (select from ledger.journal a
                    where a.seller_id = p.seller_id and a.reference = 'payment:' || p.payment_id and a.kind = 'accrual')
                  and p.outcome_units is distinct from (select sum(s.amount) from ledger.journal s
                    where s.seller_id = p.seller_id and s.reference = 'payment:' || p.payment_id and s.asset = p.outcome_asset
                      and s.kind in ('settlement', 'suspense_release'))
                """),
        ACCRUED_IS_ITS_VALUE(
                "What is accrued of a payment, with the fee, is what it brought at the rate on record; the fee is its order's",
                """
                select p.payment_id from payments.payment p
                join checkout.orders o on o.seller_id = p.seller_id and o.order_id = p.order_id
                join ledger.journal a on a.seller_id = p.seller_id and a.reference = 'payment:' || p.payment_id and a.kind = 'accrual'
                left join ledger.journal f on f.seller_id = p.seller_id and f.reference = a.reference and f.kind = 'fee'
                cross join lateral (select round(p.outcome_units * a.rate_usd
                  * case when p.outcome_asset = any(:fiat) then 1 else 1e-16 end) as cents) worth -- a coin has 10^18 units
                where p.state = 'paid' and p.outcome_asset <> 'usd'
                  and (a.rate_asset <> p.outcome_asset or a.amount + coalesce(f.amount, 0) <> worth.cents
                    or coalesce(f.amount, 0) <> round(worth.cents * o.fee_percent / 100))
                """),
        REFUNDED_IS_REVERSED("What was accrued for a refunded payment is taken back, or a person is asked", """
                select p.payment_id from payments.payment p
                join ledger.journal j on j.seller_id = p.seller_id and j.reference = 'payment:' || p.payment_id
                  and j.kind = 'accrual'
                where p.state = 'refunded'
                  and not exists (select from ledger.journal r
                    where r.seller_id = j.seller_id and r.reference = j.reference and r.kind = 'reversal_of_accrual'
                      and r.amount = j.amount and r.asset = j.asset and r.debit = j.credit and r.credit = j.debit)
                  and not exists (select from cases.cases c where c.seller_id = p.seller_id and c.payment_id = p.payment_id)
                """),
        JOURNAL_LINE_BALANCES("A journal line moves a positive amount between two accounts", """
                select entry_id::text from ledger.journal where amount <= 0 or debit = credit
                """),
        CLAIMED_ONCE("A journal line is paid by at most one payout", """
                select entry_id || ' ' || kind from ledger.claim where released_at is null
                group by seller_id, entry_id, kind having count(*) > 1
                """),
        ALL_BEFORE_ARE_CLAIMED("Every line before those that payouts still look at is claimed", """
                select j.reference from ledger.account a
                join ledger.journal j on j.seller_id = a.seller_id and j.entry_id < a.claimed_until
                where j.asset = 'usd' and (j.debit = 'seller_payable' or j.credit = 'seller_payable')
                  and j.kind not in ('payout_reserve', 'reversal_of_payout_reserve')
                  and not exists (select from ledger.claim c
                    where c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind and c.released_at is null)
                """),
        PAYOUT_IS_ITS_CLAIMS("What a payout pays, with its fee, is the sum of the lines that it claims", """
                select p.payout_id::text from payouts.payout p
                where p.state not in ('rejected', 'cancelled', 'released') and not (p.destination_id is null and p.state = 'finished')
                  and p.amount_units + p.fee_units <> (
                    select coalesce(sum(case j.credit when 'seller_payable' then j.amount else -j.amount end), 0)
                    from ledger.claim c
                    join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                    where c.seller_id = p.seller_id and c.claimed_by = p.payout_id and c.released_at is null)
                """),
        PAYOUT_IS_RESERVED("What a payout takes is set aside until it is paid or given back, once", """
                select p.payout_id::text from payouts.payout p
                left join payouts.refund aside on aside.seller_id = p.seller_id and aside.payout_id = p.payout_id and p.amount_units = 0
                left join ledger.journal r on r.seller_id = p.seller_id and r.reference = 'payout:' || p.payout_id
                  and r.kind = case when aside.payout_id is null then 'payout_reserve' else 'refund_reserve' end
                left join ledger.journal b on b.seller_id = p.seller_id and b.reference = r.reference and b.kind = 'reversal_of_' || r.kind
                left join ledger.journal d on d.seller_id = p.seller_id and d.reference = r.reference and d.kind = 'payout'
                where r.amount is distinct from coalesce(p.coin_units + aside.kept_units, p.amount_units + p.fee_units)
                  or r.asset is distinct from case when aside.payout_id is null then 'usd' else p.coin end
                  or (b.amount is not null) <> (p.state in ('rejected', 'cancelled', 'released') or (p.state = 'finished' and p.destination_id is null))
                  or (d.amount is not null) <> (p.state = 'finished' and p.destination_id is not null)
                """),
        REFUND_IS_OF_ITS_PAYMENT(
                "What a payout gives back to a buyer is what one payment brought, which is taken back when it arrives",
                """
                select p.payout_id::text from payouts.payout p
                left join payouts.refund r on r.seller_id = p.seller_id and r.payout_id = p.payout_id
                left join payments.payment y on y.seller_id = r.seller_id and y.payment_id = r.payment_id
                where (p.destination_id is null) <> (r.payout_id is not null)
                  or (r.payout_id is not null and (
                    (r.given_back_at is not null) <> (p.state in ('rejected', 'cancelled', 'released'))
                    or (p.state = 'finished' and y.state is distinct from 'refunded')
                    or exists (select from ledger.claim c
                      join ledger.journal j on j.seller_id = c.seller_id and j.entry_id = c.entry_id and j.kind = c.kind
                      where c.seller_id = p.seller_id and c.claimed_by = p.payout_id and c.released_at is null
                        and (p.state = 'finished' or j.reference <> 'payment:' || r.payment_id))))
                """),
        SET_ASIDE_IS_NOT_SENT_TWICE(
                "What is set aside of a payment is on its way back once at most, and not when it counts", """
                select r.payment_id from payouts.refund r
                join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                join payments.payment y on y.seller_id = r.seller_id and y.payment_id = r.payment_id
                where p.amount_units = 0 and r.given_back_at is null
                  and (y.state = 'paid' or p.coin_units + r.kept_units > greatest(y.outcome_units, y.suspended_units))
                """),
        NOBODY_IS_OVERDRAWN(
                "Never more is paid or under way than was earned, but for what a person decided and the next payouts take off",
                """
                select line.seller_id from (
                  select j.seller_id, case j.credit when 'seller_payable' then j.amount else -j.amount end as change,
                    case when j.debit = 'seller_payable'
                        and (j.kind = 'payout_carried' or (j.kind = 'reversal_of_accrual' and exists (
                          select from ledger.journal paid
                          join ledger.claim c on c.seller_id = paid.seller_id and c.entry_id = paid.entry_id and c.kind = paid.kind
                          where paid.seller_id = j.seller_id and paid.reference = j.reference and paid.kind = 'accrual'
                            and c.released_at is null)))
                        and not exists (select from ledger.claim c
                          where c.seller_id = j.seller_id and c.entry_id = j.entry_id and c.kind = j.kind and c.released_at is null)
                      then j.amount else 0 end as owed
                  from ledger.journal j
                  where j.asset = 'usd' and 'seller_payable' in (j.debit, j.credit)
                    and exists (select from payouts.payout p where p.seller_id = j.seller_id)) line
                group by line.seller_id having sum(line.change) + sum(line.owed) < 0
                """),
        ONE_BATCH_LIVES("Of the batches of a payout one lives, and one was verified, by one transaction", """
                select payout_id::text from payouts.attempt
                group by seller_id, payout_id
                having count(*) filter (where ended_at is null) > 1 or count(*) filter (where verified_at is not null) > 1
                  or count(distinct hash) > 1
                """),
        MADE_ANEW_WHEN_ABSENT("A payout is made anew only when the batch before certainly came to nothing", """
                select a.payout_id::text from payouts.attempt a
                join payouts.attempt later on later.seller_id = a.seller_id and later.payout_id = a.payout_id and later.number = a.number + 1
                where a.ended_at is null or a.ended_at > later.called_at or a.verified_at is not null
                  or (a.batch_id is null and a.gone_at is null and a.refused_at is null)
                """),
        PAYOUT_GOES_ON("A payout goes on, or says what it waits for, or a person is asked about it", """
                select p.payout_id::text from payouts.payout p
                left join payouts.attempt a on a.seller_id = p.seller_id and a.payout_id = p.payout_id and a.number = p.attempt and a.ended_at is null
                where p.ended_at is null and p.held_by is null and p.waits is null
                  and case p.state
                    when 'awaiting_approval' then p.made_at
                    when 'approved' then greatest(p.approved_at, (select max(e.ended_at) from payouts.attempt e
                      where e.seller_id = p.seller_id and e.payout_id = p.payout_id))
                    when 'sent' then a.verified_at + interval '48 hours'
                    when 'failed' then a.verified_at
                    else a.called_at + interval '3 hours' end < :late
                  and not exists (select from cases.cases c
                    where c.seller_id = p.seller_id and split_part(c.subject, '#', 1) = 'payout:' || p.payout_id
                      and (c.state = 'open' -- and what a person knows of is not for ever
                        or (c.decision in ('wait', 'seen') and c.decided_at > :late::timestamptz - interval '7 days')))
                  and not exists (select from payouts.safeguard s
                    where s.seller_id in (p.seller_id, '000000000000') and coalesce(s.held_by, s.stopped_why) is not null)
                  and not exists (select from hold.hold h where h.lifted_at is null)
                """),
        PAID_WHERE_APPROVED("A payout goes to a destination that counted when it was made", """
                select p.payout_id::text from payouts.payout p
                join payouts.destination d on d.seller_id = p.seller_id and d.destination_id = p.destination_id
                where d.usable_from is null or d.usable_from > p.made_at or d.withdrawn_at <= p.made_at or d.currency <> p.coin
                """),
        OPEN_PAYMENT_IS_ASKED_ABOUT("The provider is asked about every payment of the last six days that is open", """
                select payment_id from payments.payment
                where state in ('waiting', 'confirming', 'confirmed', 'sending') and next_ask_at is null
                  and created_at > :patient::timestamptz - interval '6 days'
                """),
        NOTIFICATION_IS_DECIDED("No genuine notification waits to be decided for over five minutes", """
                select payment_id from payments.notification where fate = 'waiting' and received_at < :patient
                """),
        ACCRUAL_COMES("An accrual that is owed comes within the hour", """
                select t.subject from tasks.task t
                where t.kind = 'accrue' and t.state in ('ready', 'running')
                  and t.owed_since < :patient::timestamptz - interval '1 hour'
                """),
        UPDATE_IS_READ("No update of the messenger was set aside", """
                select bot_id || ' ' || update_id from messaging.update_inbox where state = 'set_aside'
                """),
        LEASE_IS_TAKEN_UP("No task is left running after its lease", """
                select t.kind || ' ' || t.subject from tasks.task t
                where t.state = 'running' and t.due_at < :patient
                  and not exists (select from tasks.queue q where q.kind = t.kind and q.paused)
                  and not exists (select from hold.hold h where h.lifted_at is null)
                """),
        ONE_OPEN_LINK_PER_GRANT("A grant has at most one one-time link that was told and still opens", """
                select grant_id::text from access.pool_link
                where grant_id is not null and told_at is not null and revoked_at is null and expires_at > :now
                group by seller_id, grant_id having count(*) > 1
                """),
        LINK_OF_ONE_GRANT("A one-time link is one grant's alone", """
                select min(name) from access.pool_link where url is not null group by url having count(*) > 1
                """),
        LIVING_LINK_OF_A_PAYING_GRANT("A living one-time link's grant is of its channel and lives", """
                select l.name from access.pool_link l
                left join access.grants g on g.seller_id = l.seller_id and g.grant_id = l.grant_id
                where l.state = 'assigned' and (g.channel_id is distinct from l.channel_id or g.access = 'ended')
                """),
        USED_LINK_IS_REVOKED("A one-time link by which somebody came in is revoked within five minutes", """
                select l.name from access.pool_link l where l.used_at < :patient and l.state <> 'revoked'
                  and not exists (select from access.membership m
                    where m.seller_id = l.seller_id and m.channel_id = l.channel_id and m.observing)
                """),
        OLDER_LINK_IS_REVOKED_FIRST(
                "A grant's older one-time links are revoked or expired before a newer one is told", """
                select newer.name from access.pool_link newer
                where newer.grant_id is not null and newer.told_at is not null
                  and exists (select from access.pool_link older
                    where older.seller_id = newer.seller_id and older.grant_id = newer.grant_id
                      and older.assigned_at < newer.assigned_at and older.told_at is not null
                      and least(older.revoked_at, older.expires_at) > newer.told_at)
                """),
        STRANGER_IS_REMOVED("Who came in by another's one-time link is outside again within five minutes", """
                select s.link_id || ' ' || s.telegram_user_id from access.stranger s
                where s.settled_at is null and s.came_at < :patient
                  and not exists (select from access.membership m
                    where m.seller_id = s.seller_id and m.channel_id = s.channel_id and m.observing)
                """),
        END_IS_LOOKED_AT("What is due about a grant's end is decided within the hour", """
                select g.grant_id::text from access.grants g
                where (g.look_at < :late or (g.access <> 'ended' and g.ends_at < :late))
                  and not exists (select from hold.hold h where h.lifted_at is null)
                """),
        NOTICE_COMES("Whose time is over is told of it within a day, or is found to be out of reach", """
                select e.telegram_user_id::text from access.ending e
                where e.notice_at < :late::timestamptz - interval '1 day' and e.remove_at is null and e.settled_at is null
                """),
        NOBODY_STAYS_WITHOUT_A_RIGHT("Nobody is inside without a right an hour after they may be no longer", """
                select s.telegram_user_id::text from access.seat s
                join access.ending e on e.seller_id = s.seller_id and e.channel_id = s.channel_id
                  and e.telegram_user_id = s.telegram_user_id
                where s.inside and not exists (select from access.membership m
                    where m.seller_id = s.seller_id and m.channel_id = s.channel_id and m.observing)
                  and not exists (select from access.grants g
                    where g.seller_id = s.seller_id and g.channel_id = s.channel_id and g.telegram_user_id = s.telegram_user_id
                      and g.access <> 'ended' and (g.ends_at is null or g.ends_at > :now))
                  and ((e.remove_at < :late and e.settled_at is null
                      and not exists (select from access.channel_terms t
                        where t.seller_id = e.seller_id and t.channel_id = e.channel_id and t.stopped is not null))
                    -- who is let in by a person after a removal is that person's
                    or (e.outcome in ('removed', 'outside') and s.inside_at < e.settled_at
                      and not exists (select from access.ending later
                        where later.seller_id = e.seller_id and later.channel_id = e.channel_id
                          and later.telegram_user_id = e.telegram_user_id and later.ends_at > e.ends_at)))
                """),
        NOBODY_IS_REMOVED_WITH_A_RIGHT("Nobody was removed who had a right, and none without a notice", """
                select e.telegram_user_id::text from access.ending e
                where e.removing_at is not null and (e.remove_at is null or e.remove_at > e.removing_at
                  or exists (select from access.grants g
                    where g.seller_id = e.seller_id and g.channel_id = e.channel_id and g.telegram_user_id = e.telegram_user_id
                      and g.starts_at < e.removing_at - interval '5 minutes' -- one made at that moment is let in again
                      and (g.ends_at is null or g.ends_at > e.removing_at) and (g.ended_at is null or g.ended_at > e.removing_at)))
                """),
        PROMISE_IS_NOT_DEAD("No decision and no accrual is a dead letter", """
                select kind || ' ' || subject from tasks.task where state = 'dead' and kind in ('decide', 'accrue')
                """);

        private final String title;
        private final String breaks;

        Invariant(String title, String breaks) {
            this.title = title;
            this.breaks = breaks;
        }

        private String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
