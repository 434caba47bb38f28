package admitone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestSettings;
import admitone.database.TestDatabase;
import admitone.database.TestDatabases;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.nowpayments.AccountCheck;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.Remark;
import admitone.runtime.Remark.Mark;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.nowpayments.Operation;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.FaultKind;
import admitone.simulators.telegram.TelegramSimulator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything outside by HTTP, the database a real one; the service does not run. */
@TestInstance(Lifecycle.PER_CLASS)
class CheckDatabaseTests {
    private static final String PASSWORD = "canary pass-word";
    private static final String TOTP = "JBSWY3DPEHPK3PXP";
    private static final String WALLET = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    private static final Asset ETH = Asset.of("eth");
    private static final Duration BATCH_HAS_STOOD = Duration.ofMinutes(6);

    private final Core core = Core.start("check");
    private final Core.Shop shop = core.shop("se0000000001");
    private final NowPaymentsSimulator provider = NowPaymentsSimulator.start(0);
    private final TelegramSimulator telegram = TelegramSimulator.start(0);
    private final HttpServer site;
    private final Map<String, String> environment = new HashMap<>();
    private boolean siteIsUp = true;
    private Clock clock = Clock.systemUTC();

    @TempDir
    private Path dir;

    CheckDatabaseTests() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(siteIsUp ? 200 : 503, -1);
            exchange.close();
        });
        site.start();
    }

    @BeforeEach
    void allIsWell() {
        siteIsUp = true;
        clock = Clock.systemUTC();
        provider.reset();
        provider.configure(settings -> {
            settings.apiKey = TestSettings.API_KEY;
            settings.email = "canary@shop.example";
            settings.password = PASSWORD;
            settings.totpSecret = TOTP;
            settings.payoutAuto = false;
        });
        provider.balance("eth", "3");
        telegram.reset();
        telegram.addBot(TestSettings.BOT_TOKEN, "admit_bot");
        telegram.addChat(new Control.NewChat(
                shop.channel().closedChat().value(), "channel", "Signals", new Control.BotInChat("admit_bot")));
        Settings.Datasource database = core.bean(Settings.class).datasource().orElseThrow();
        environment.clear();
        environment.putAll(TestSettings.LEAST);
        environment.put("ADMITONE_DATA_DIR", dir.toString());
        environment.put(
                "ADMITONE_PUBLIC_URL", "http://127.0.0.1:" + site.getAddress().getPort());
        environment.put("SERVER_PORT", "" + site.getAddress().getPort());
        environment.put("SPRING_DATASOURCE_URL", database.url());
        environment.put("SPRING_DATASOURCE_USERNAME", database.username());
        environment.put("SPRING_DATASOURCE_PASSWORD", database.password().value());
        environment.put("ADMITONE_NOWPAYMENTS_API_URL", provider.url() + "/v1");
        environment.put("ADMITONE_NOWPAYMENTS_EMAIL", "canary@shop.example");
        environment.put("ADMITONE_NOWPAYMENTS_PASSWORD", PASSWORD);
        environment.put("ADMITONE_NOWPAYMENTS_TOTP_SECRET", TOTP);
        environment.put("ADMITONE_TELEGRAM_API_URL", telegram.url());
    }

    @AfterEach
    void clean() {
        provider.clearFaults();
        core.owner().sql("delete from payouts.attempt").update();
        core.owner().sql("delete from payouts.payout").update();
        core.owner().sql("delete from payouts.destination").update();
        core.owner().sql("delete from hold.identity").update();
    }

    @AfterAll
    void stop() {
        site.stop(0);
        provider.close();
        telegram.close();
        core.close();
    }

    @Test
    void tellsThatAllIsWell() {
        destination(null);

        List<Remark> remarks = look();

        assertThat(remarks).noneMatch(Remark::isWrong);
        assertThat(says(Mark.OK))
                .contains("all that must be set is set")
                .contains("MB are free")
                .contains("reached, PostgreSQL")
                .contains("survives a power cut")
                .contains("its schema is this version's")
                .contains("the database is a new one")
                .contains("agrees with that of NOWPayments")
                .contains("agrees with that of Telegram")
                .contains("the API key is accepted")
                .contains("cannot be asked: the first payment's notification")
                .contains("the login is accepted")
                .contains("3 eth")
                .contains("the provider takes the destination of seller se0000000001")
                .contains("the token is that of @admit_bot")
                .contains("updates come by polling")
                .contains("in \"Signals\"")
                .contains(" answers");
        assertThat(says(Mark.WARN)).contains("not proven that the account sends nothing without a code");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ADMITONE_NOWPAYMENTS_API_KEY     | another-key | the API key is refused",
                "ADMITONE_NOWPAYMENTS_PASSWORD    | another     | the login is refused",
                "ADMITONE_NOWPAYMENTS_API_URL     | http://localhost:1/v1 | cannot be reached",
                "ADMITONE_NOWPAYMENTS_TOTP_SECRET | ''          | login or TOTP key is missing, and there are sellers",
                "ADMITONE_NOWPAYMENTS_IPN_SECRET  | ''          | ADMITONE_NOWPAYMENTS_IPN_SECRET is missing",
                "ADMITONE_TELEGRAM_BOT_TOKEN      | 701:AAcanary_other | the bot's token is refused",
                "ADMITONE_TELEGRAM_API_URL        | http://localhost:1 | cannot be reached",
                "ADMITONE_PUBLIC_URL              | http://localhost:1 | does not lead to the service",
                "SPRING_DATASOURCE_PASSWORD       | canary-wrong | cannot be reached",
                "SPRING_DATASOURCE_URL | jdbc:postgresql://localhost:1/none | cannot be reached",
            })
    void tellsAWrongSetting(String name, String value, String says) {
        environment.put(name, value);

        assertThat(says(Mark.WRONG)).contains(says);
    }

    @Test
    void tellsEverySettingThatIsMissingAtOnce() {
        environment.remove("ADMITONE_NOWPAYMENTS_API_KEY");
        environment.remove("ADMITONE_TELEGRAM_BOT_TOKEN");

        assertThat(look())
                .hasSize(2)
                .allMatch(Remark::isWrong)
                .extracting(Remark::says)
                .anyMatch(says -> says.startsWith("ADMITONE_NOWPAYMENTS_API_KEY is missing"))
                .anyMatch(says -> says.startsWith("ADMITONE_TELEGRAM_BOT_TOKEN is missing"));
    }

    @Test
    void withoutALoginOnlyAWarningSaysWhatItIsFor() {
        environment.remove("ADMITONE_NOWPAYMENTS_EMAIL");
        environment.remove("ADMITONE_NOWPAYMENTS_PASSWORD");

        assertThat(says(Mark.WARN)).contains("no login is set");
    }

    @Test
    void tellsAProviderThatIsBroken() {
        provider.fault(Operation.STATUS, Fault.STATUS_500_BEFORE, 1);

        assertThat(says(Mark.WRONG)).contains("HTTP 500");
    }

    @Test
    void tellsAnAddressThatIsNotOnTheProvidersList() {
        provider.configure(settings -> settings.payoutIpBlocked = true);

        assertThat(todo(Mark.WRONG)).contains("put this server's address on the account's list");
    }

    @Test
    void tellsADestinationThatTheProviderDoesNotTake() {
        destination("not whitelisted");

        assertThat(says(Mark.WRONG)).contains("was not on the account's list when it was last tried");
    }

    @Test
    void tellsADestinationWhoseAddressIsRefused() {
        destination(null, "0x12");

        assertThat(says(Mark.WRONG)).contains("the provider does not take the destination");
    }

    @Test
    void aBatchThatStoodStillProvesThatACodeIsDemanded() {
        batch();
        clock = Clock.offset(clock, BATCH_HAS_STOOD);

        assertThat(says(Mark.OK)).contains("the account sends nothing without a code");
    }

    @Test
    void aBatchOfOursThatMovedWithoutACodeIsWrong() {
        String batch = batch();
        attempt(batch);
        provider.withdrawalStatus(provider.withdrawals().getFirst().id(), "SENDING", null, null);

        assertThat(says(Mark.WRONG)).contains("we never gave a code for it");
    }

    /** What a restore forgot looks the same: who restored must know that it was that. */
    @Test
    void aBatchThatARestoreForgotIsExplained() {
        attempt(batch());
        provider.withdrawalStatus(provider.withdrawals().getFirst().id(), "SENDING", null, null);

        assertThat(todo(Mark.WRONG))
                .contains("was the database restored to a time before we gave it? Then nothing is to be done")
                .contains("until that batch is 31 days old");
    }

    @ParameterizedTest
    @CsvSource({"FLOOD", "STATUS_500_BEFORE", "BAD_GATEWAY"})
    void aBusyTelegramSaysNothingAboutTheToken(FaultKind kind) {
        telegram.addFault(Control.Fault.of(kind, "getMe").times(1));

        assertThat(look())
                .filteredOn(one -> one.about().equals("Telegram"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.mark()).isEqualTo(Mark.WARN);
                    assertThat(one.todo()).isEqualTo("try again in a minute");
                });
    }

    @Test
    void aPageInsteadOfTelegramIsAWrongAddressAndSaysNothingAboutTheToken() {
        environment.put(
                "ADMITONE_TELEGRAM_API_URL",
                "http://127.0.0.1:" + site.getAddress().getPort());

        assertThat(says(Mark.WRONG))
                .contains("does not answer as Telegram does (404")
                .doesNotContain("token");
        assertThat(todo(Mark.WRONG)).contains("is ADMITONE_TELEGRAM_API_URL right?");
    }

    @Test
    void saysWhereNotAllAreLookedAt() {
        assertThat(says(Mark.OK)).doesNotContain("not the others");
        core.owner().sql("""
                insert into catalog.seller (seller_id, name, telegram_user_id, fee_percent, payout_mode)
                select lpad(n::text, 12, '0'), 'many', 1, 1, 'instant' from generate_series(1, 60) n
                """).update();
        core.owner().sql("""
                insert into catalog.channel (seller_id, channel_id, closed_chat_id, title, slug)
                select lpad('1', 12, '0'), ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, -n, 'many', 'many-' || n
                from generate_series(1, 205) n
                """).update();

        String says = says(Mark.OK);

        core.owner().sql("delete from catalog.channel where title = 'many'").update();
        core.owner().sql("delete from catalog.seller where name = 'many'").update();
        assertThat(says)
                .containsPattern("50 of 6[01] sellers who are paid out by us were looked at")
                .contains("200 of 206 channels were looked at");
    }

    @Test
    void tellsWhoseMoneyStaysInTheAccount() {
        mode("direct");
        assertThat(says(Mark.OK))
                .contains("the account counts as that of seller se0000000001")
                .contains("no other");

        environment.put("ADMITONE_NOWPAYMENTS_OWNER", "operator");
        String stays = says(Mark.WARN);
        destination(null);
        String settled = says(Mark.WARN);
        core.owner().sql("update catalog.seller set payment_page = 'hosted'").update();
        String onItsPage = says(Mark.WARN);
        core.owner().sql("update catalog.seller set payment_page = 'own'").update();
        mode("instant");

        assertThat(stays).contains("(se0000000001) stays in the account and is owed to them");
        assertThat(settled).doesNotContain("stays in the account");
        assertThat(onItsPage).contains("(se0000000001) stays in the account and is owed to them");
    }

    /** What is settled to the account is sent to them as to any. */
    @Test
    void aDirectSellerToWhomSomethingIsDueIsPaidByUs() {
        mode("direct");
        destination(null);
        environment.put("ADMITONE_NOWPAYMENTS_TOTP_SECRET", "");
        String before = says(Mark.WARN);
        core.owner().sql("""
                insert into payouts.safeguard (seller_id, not_paid_code, not_paid_why, not_paid_since, not_paid_at)
                values ('se0000000001', 'not_now', 'no rate', now(), now())
                """).update();

        String owed = says(Mark.WRONG);
        String sent = says(Mark.OK);

        core.owner().sql("delete from payouts.safeguard").update();
        mode("instant");
        assertThat(before).contains("nobody can be paid but sellers of payout direct");
        assertThat(owed).contains("login or TOTP key is missing, and there are sellers who are paid out by us");
        assertThat(sent).contains("the provider takes the destination of seller se0000000001");
    }

    /** Of the version before: since when nothing is paid, and sales of direct ones are settled to the account, nobody would know. */
    @Test
    void tellsWhoseDestinationsAPersonMustAccept() {
        destination(null);
        assertThat(says(Mark.WRONG)).doesNotContain("before you have looked");

        core.owner().sql("delete from payouts.destination_head").update();

        assertThat(says(Mark.WRONG)).contains("1 sellers goes (se0000000001) does not count before you have looked");
        assertThat(todo(Mark.WRONG)).contains("accept in each case destinations_set_back");
    }

    @Test
    void tellsAnOwnerOfTheAccountWhomNobodyKnows() {
        environment.put("ADMITONE_NOWPAYMENTS_OWNER", "se0000000009");

        assertThat(says(Mark.WRONG)).contains("ADMITONE_NOWPAYMENTS_OWNER is se0000000009");
    }

    private void mode(String mode) {
        core.owner()
                .sql("update catalog.seller set payout_mode = ?")
                .param(mode)
                .update();
    }

    @Test
    void tellsAClockThatIsWrong() {
        clock = Clock.offset(clock, Duration.ofSeconds(-40));
        assertThat(says(Mark.WRONG)).containsPattern("is (39|40|41) s behind that of NOWPayments");

        clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(12));
        assertThat(says(Mark.WARN)).containsPattern("is 1[123] s ahead of that of Telegram");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true  | false | lacks the right to ban users",
                "false | true  | lacks the right to invite users",
                "false | false | lacks the right to invite users and to ban users",
            })
    void tellsARightThatTheBotLacks(boolean mayInvite, boolean mayRemove, String says) {
        telegram.setBotInChat(
                shop.channel().closedChat().value(), new Control.BotInChat("admit_bot", mayInvite, mayRemove));

        assertThat(says(Mark.WRONG)).contains(says);
    }

    @ParameterizedTest
    @CsvSource({"member, is no administrator", "kicked, is not inside"})
    void tellsAChannelThatTheBotDoesNotRun(String status, String says) {
        telegram.setBotInChat(
                shop.channel().closedChat().value(), new Control.BotInChat("admit_bot").withStatus(status));

        assertThat(says(Mark.WRONG)).contains(says);
    }

    @Test
    void tellsAWebhookThatIsNotSetYet() {
        environment.put("ADMITONE_TELEGRAM_UPDATES", "webhook");
        environment.put("ADMITONE_TELEGRAM_WEBHOOK_SECRET", "canary-webhook-secret");

        assertThat(says(Mark.WARN)).contains("no webhook is set yet");
    }

    @Test
    void tellsADatabaseThatIsNotTheOneOnRecord() {
        core.owner()
                .sql("""
                insert into hold.identity (seller_id, epoch, system, timeline, files, since)
                values (?, ?, 'another/1', 1, null, ?)
                """)
                .params(SellerId.PLATFORM.value(), UUID.randomUUID(), Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .update();

        assertThat(says(Mark.WRONG)).contains("its rows come from another server");
    }

    /** As a container without a volume, which forgets with each start what it saw committed. */
    @Test
    void tellsThatNothingIsRememberedOfADatabaseThatWasWorkedOn() {
        core.owner()
                .sql("""
                insert into hold.identity (seller_id, epoch, system, timeline, files, since)
                values (?, ?, '', 0, null, ?)
                """)
                .params(SellerId.PLATFORM.value(), UUID.randomUUID(), Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .update();

        assertThat(says(Mark.WARN)).contains("nothing here remembers how far it had come");
    }

    @Test
    void tellsADatabaseThatLosesWhatIsCommitted() {
        core.owner()
                .sql("alter database " + name() + " set synchronous_commit = off")
                .update();
        try {
            assertThat(says(Mark.WRONG)).contains("a power cut may lose payments: synchronous_commit off");
        } finally {
            core.owner()
                    .sql("alter database " + name() + " reset synchronous_commit")
                    .update();
        }
    }

    @Test
    void tellsASchemaOfAnotherVersion() {
        core.owner()
                .sql("update admitone.flyway_schema_history set version = '9999' where version = '001'")
                .update();
        try {
            assertThat(says(Mark.WRONG)).contains("its schema is not this version's");
        } finally {
            core.owner()
                    .sql("update admitone.flyway_schema_history set version = '001' where version = '9999'")
                    .update();
        }
    }

    /** Of a server that somebody else runs, before the first start. */
    @Test
    void aDatabaseThatIsEmptyStaysSo() throws Exception {
        try (TestDatabase empty = TestDatabases.empty("check-empty")) {
            environment.put("SPRING_DATASOURCE_URL", empty.jdbcUrl());

            assertThat(says(Mark.WARN)).contains("its schema is at none");

            try (var connection = empty.dataSource().getConnection();
                    var statement = connection.createStatement();
                    var rows = statement.executeQuery("select 1 from pg_namespace where nspname = 'admitone'")) {
                assertThat(rows.next()).isFalse();
            }
        }
    }

    @Test
    void withoutADatabaseTheFirstStartMakesOne() {
        environment.remove("SPRING_DATASOURCE_URL");

        assertThat(says(Mark.OK)).contains("there is none yet");
    }

    @ParameterizedTest
    @CsvSource({"100, WRONG", "1000, WARN", "5000, OK"})
    void tellsHowMuchRoomThereIs(long megabytes, Mark mark) {
        assertThat(Check.room(dir, megabytes << 20).mark()).isEqualTo(mark);
    }

    @Test
    void aSiteThatDoesNotAnswerIsAskedToBeStarted() {
        siteIsUp = false;

        assertThat(says(Mark.WARN)).contains("does not answer");
    }

    @Test
    void showsNoSecret() {
        environment.put("ADMITONE_NOWPAYMENTS_PASSWORD", "canary-other");
        List<Remark> remarks = look();
        assertThat(CheckCommand.told(remarks)).doesNotContain("canary", TOTP).contains("wrong  NOWPayments");

        JsonNode json = JsonMapper.builder().build().readTree(CheckCommand.json(remarks));
        assertThat(json.path("ok").booleanValue()).isFalse();
        assertThat(json.path("items").valueStream()).hasSameSizeAs(remarks);
    }

    private List<Remark> look() {
        return new Check(environment, clock).look();
    }

    private String says(Mark mark) {
        return String.join(
                "\n",
                look().stream()
                        .filter(one -> one.mark() == mark)
                        .map(Remark::says)
                        .toList());
    }

    private String todo(Mark mark) {
        return String.join(
                "\n",
                look().stream()
                        .filter(one -> one.mark() == mark)
                        .map(Remark::todo)
                        .toList());
    }

    private String name() {
        return core.strings("select current_database()").getFirst();
    }

    private void destination(@Nullable String notWhitelisted) {
        destination(notWhitelisted, WALLET);
    }

    private void destination(@Nullable String notWhitelisted, String address) {
        core.owner()
                .sql("""
                insert into payouts.destination (seller_id, destination_id, version, currency, address, requested_at, usable_from, mac,
                  not_whitelisted_at, not_whitelisted_why)
                values (?, ?, 1, 'eth', ?, ?, ?, '', ?, ?)
                """)
                .params(java.util.Arrays.asList(
                        shop.seller().value(),
                        new UUID(1, 1),
                        address,
                        Instant.EPOCH.atOffset(ZoneOffset.UTC),
                        Instant.EPOCH.atOffset(ZoneOffset.UTC),
                        notWhitelisted == null ? null : Instant.EPOCH.atOffset(ZoneOffset.UTC),
                        notWhitelisted))
                .update();
        core.owner().sql("""
                insert into payouts.destination_head (seller_id, newest, from_version, mac) values (?, 1, 1, '') on conflict do nothing
                """).param(shop.seller().value()).update();
    }

    /** Made there, and given no code. */
    private String batch() {
        Place to = new Place(ETH, WALLET, null);
        Settings settings = SettingsReader.read(environment).settings();
        var account = new AccountCheck(new OutsideHttp(), JsonMapper.builder().build(), clock, settings);
        return account.payouts().create(new NewBatch("po_1", to, Money.parse("0.1", ETH), "https://shop.example/ipn"))
                        instanceof Answer.Done<admitone.payouts.PayoutProvider.Batch>(var made)
                ? made.batchId()
                : "";
    }

    private void attempt(String batch) {
        destination(null);
        core.owner()
                .sql("""
                insert into payouts.payout (seller_id, payout_id, state, amount_units, fee_units, coin, coin_units, rate_usd, rate_at, rate_source,
                  destination_id, made_by, made_at)
                values (?, ?, 'created', 1, 0, 'eth', 1, 1, ?, 'test', ?, 'test', ?)
                """)
                .params(
                        shop.seller().value(),
                        new UUID(2, 2),
                        Instant.EPOCH.atOffset(ZoneOffset.UTC),
                        new UUID(1, 1),
                        Instant.EPOCH.atOffset(ZoneOffset.UTC))
                .update();
        core.owner()
                .sql("""
                insert into payouts.attempt (seller_id, payout_id, number, external_id, called_at, batch_id)
                values (?, ?, 1, 'po_1_1', now(), ?)
                """)
                .params(shop.seller().value(), new UUID(2, 2), batch)
                .update();
    }
}
