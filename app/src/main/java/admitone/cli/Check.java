package admitone.cli;

import admitone.catalog.CatalogLook;
import admitone.database.DatabaseCheck;
import admitone.hold.HoldCheck;
import admitone.nowpayments.AccountCheck;
import admitone.payouts.DirectCheck;
import admitone.payouts.SendingCheck;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Remark;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import admitone.telegram.BotCheck;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** All that the service needs from outside, looked at one after the other; the service itself need not run. */
final class Check {
    private static final long MEGABYTE = 1 << 20;
    private static final long LITTLE_ROOM = 2048 * MEGABYTE;
    private static final long NO_ROOM = 256 * MEGABYTE;
    private static final Duration PAGE_WITHIN = Duration.ofSeconds(10);
    /** Each is a call to Telegram or to NOWPayments. */
    static final int MOST_CHATS = 200;

    private final Map<String, String> environment;
    private final Clock clock;
    private final OutsideHttp http = new OutsideHttp();
    private final JsonMapper json = JsonMapper.builder().build();

    Check(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    List<Remark> look() {
        try {
            SettingsReader.Reading reading = SettingsReader.read(environment);
            List<Remark> remarks = new ArrayList<>(settings(reading));
            remarks.addAll(outside(reading.settings()));
            return remarks;
        } catch (Settings.Invalid e) {
            return e.faults().stream()
                    .map(fault -> Remark.wrong("settings", fault, "the rest is asked once all settings are right"))
                    .toList();
        }
    }

    private static List<Remark> settings(SettingsReader.Reading reading) {
        return reading.warnings().isEmpty()
                ? List.of(Remark.ok("settings", "all that must be set is set"))
                : reading.warnings().stream()
                        .map(warning -> Remark.warn("settings", warning, "set it before real buyers come"))
                        .toList();
    }

    private List<Remark> outside(Settings settings) {
        List<Remark> remarks = new ArrayList<>();
        remarks.add(room(settings.dataDir()));
        try (DatabaseCheck database = DatabaseCheck.of(settings)) {
            remarks.addAll(database.remarks());
            database.rows().ifPresent(rows -> remarks.add(HoldCheck.look(rows, settings.dataDir(), clock.instant())));
            AccountCheck account = new AccountCheck(http, json, clock, settings);
            remarks.addAll(account.look());
            database.rows().ifPresent(rows -> {
                remarks.addAll(payouts(account, rows));
                remarks.addAll(direct(settings.nowPayments(), rows));
            });
            remarks.addAll(new BotCheck(http, json, clock, settings)
                    .look(database.rows().map(Check::chats).orElse(List.of())));
            database.rows()
                    .flatMap(rows -> Remark.ofMany("Telegram", "channels", MOST_CHATS, new CatalogLook(rows).chats()))
                    .ifPresent(remarks::add);
        }
        remarks.add(publicUrl(settings));
        return remarks;
    }

    private List<Remark> payouts(AccountCheck account, JdbcClient rows) {
        CatalogLook catalog = new CatalogLook(rows);
        SendingCheck sending = new SendingCheck(account.payouts(), rows);
        List<SellerId> owed = sending.owed();
        List<Remark> remarks =
                new ArrayList<>(sending.look(catalog.paidByUs(owed, SendingCheck.MOST_SELLERS), clock.instant()));
        Remark.ofMany(
                        "payouts",
                        "sellers who are paid out by us",
                        SendingCheck.MOST_SELLERS,
                        catalog.countPaidByUs(owed))
                .ifPresent(remarks::add);
        return remarks;
    }

    private List<Remark> direct(Settings.NowPayments account, JdbcClient rows) {
        CatalogLook catalog = new CatalogLook(rows);
        List<Remark> remarks = new ArrayList<>();
        account.owner()
                .filter(owner -> !owner.equals(SellerId.PLATFORM) && !catalog.isKnown(owner))
                .map(owner -> Remark.wrong(
                        "settings",
                        "ADMITONE_NOWPAYMENTS_OWNER is " + owner + ", and there is no such seller",
                        "set it to operator, or to the id of the seller whose account it is"))
                .ifPresent(remarks::add);
        DirectCheck check = new DirectCheck(rows);
        check.accepted().ifPresent(remarks::add);
        check.look(catalog.direct(DirectCheck.MOST_SELLERS), account, clock.instant())
                .ifPresent(remarks::add);
        Remark.ofMany("payouts", "sellers of payout direct", DirectCheck.MOST_SELLERS, catalog.countDirect())
                .ifPresent(remarks::add);
        return remarks;
    }

    private static List<BotCheck.Chat> chats(JdbcClient rows) {
        return new CatalogLook(rows)
                .newestChats(MOST_CHATS).stream()
                        .map(sold -> new BotCheck.Chat(sold.chat().value(), sold.title()))
                        .toList();
    }

    private static Remark room(Path dataDir) {
        Path there = existing(dataDir.toAbsolutePath());
        if (!Files.isWritable(there)) {
            return Remark.wrong("disk", there + " cannot be written", "give it to the user that runs the service");
        }
        try {
            return room(there, Files.getFileStore(there).getUsableSpace());
        } catch (IOException e) {
            return Remark.warn("disk", "the room at " + there + " could not be told", "look with df -h");
        }
    }

    private static Path existing(Path path) {
        @Nullable Path parent = path.getParent();
        return parent == null || Files.exists(path) ? path : existing(parent);
    }

    /** Pure. */
    static Remark room(Path where, long bytes) {
        String says = bytes / MEGABYTE + " MB are free at " + where;
        if (bytes < NO_ROOM) {
            return Remark.wrong("disk", says + ": the database stops when it is full", "make room");
        }
        return bytes < LITTLE_ROOM ? Remark.warn("disk", says, "make room soon") : Remark.ok("disk", says);
    }

    /** Asked from here, which tells little of how it is from outside, but a wrong name or certificate shows. */
    private Remark publicUrl(Settings settings) {
        String url = settings.publicUrl().toString();
        if (answers(url)) {
            return Remark.ok("public URL", url + " answers");
        }
        return answers("http://localhost:" + settings.port())
                ? Remark.wrong(
                        "public URL",
                        url + " does not lead to the service, which runs here",
                        "look at ADMITONE_PUBLIC_URL, the name's address, the proxy and its certificate")
                : Remark.warn("public URL", url + " does not answer", "start the service, then check again");
    }

    private boolean answers(String url) {
        return http.call(URI.create(url + "/health"), Map.of(), null, PAGE_WITHIN) instanceof Reply.Received health
                && health.status() == 200;
    }
}
