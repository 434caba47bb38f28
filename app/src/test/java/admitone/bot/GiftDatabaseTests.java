package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.access.Gifts;
import admitone.access.Gifts.Gift;
import admitone.access.Gifts.Made;
import admitone.access.Gifts.Redeemed;
import admitone.access.Giving.By;
import admitone.access.Listing;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.CannotCreateTransactionException;

class GiftDatabaseTests {
    private static final long ANN = 41;
    private static final long BEN = 42;

    private final Core core = Core.start("gift");
    private final Shop shop = core.shop("0123456789ab");
    private final Gifts gifts = core.bean(Gifts.class);
    private final AtomicLong updates = new AtomicLong(1);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void codeOpenedByItsLinkIsAskedAboutAndGivesAccessOnce() {
        Made made = make(30);
        say(ANN, "/start " + made.code());

        assertThat(last(ANN).html()).contains("30 days", "<b>Signals</b>");
        assertThat(core.count("access.grants")).isZero();
        assertThat(button(ANN).data()).hasSizeLessThanOrEqualTo(64).doesNotContain(made.code());

        press(ANN, button(ANN));

        assertThat(core.strings("select given || ' ' || telegram_user_id from access.grants"))
                .containsExactly("gift " + ANN);
        assertThat(last(ANN).html()).contains("https://t.me/+standing");
        assertThat(core.messenger.calls).anyMatch(call -> call.contains("The gift is yours"));
        assertThat(core.messenger.sent).noneMatch(message -> message.html().contains("no active access"));
    }

    @Test
    void firstWhoConfirmsHasItWhoeverOpenedItFirst() {
        Made made = make(30);
        say(ANN, "/gift " + made.code());
        say(BEN, "/gift " + made.code());
        PressButton anns = button(ANN);
        press(BEN, button(BEN));
        press(ANN, anns);
        press(BEN, anns);

        assertThat(core.strings("select telegram_user_id from access.grants")).containsExactly("" + BEN);
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.contains("used already"))
                .hasSize(1);
        say(ANN, "/gift " + made.code());
        assertThat(last(ANN).html()).contains("used already, by another account");
        assertThat(last(ANN).buttons()).isEmpty();
        say(BEN, "/gift " + made.code());
        assertThat(last(BEN).html()).contains("You have used this gift already");
    }

    @Test
    void fiftyAtOnceRedeemOneCodeAndOneHasIt() throws Exception {
        Gift gift = make(30).gift();

        AtomicLong user = new AtomicLong(1000);
        List<Redeemed> all = AtOnce.atOnce(50, () -> redeem(gift, user.incrementAndGet()));

        assertThat(all).filteredOn(Redeemed.Given.class::isInstance).hasSize(1);
        assertThat(all).filteredOn(Redeemed.Taken.class::isInstance).hasSize(49);
        assertThat(core.count("access.grants")).isEqualTo(1);
        assertThat(core.strings("select telegram_user_id from access.grants"))
                .isEqualTo(core.strings("select redeemed_by from access.gift"));
    }

    @Test
    void whoRedeemsWhileAnotherDoesIsToldThatItIsTaken() throws Exception {
        Gift gift = make(30).gift();
        Handle handle = Handle.parse(gift.handle()).orElseThrow();
        core.transactions.run(shop.seller(), () -> {
            gifts.brought(gift, ANN);
            gifts.brought(gift, BEN);
        });
        AtomicReference<Redeemed> bens = new AtomicReference<>();

        core.whileUncommitted(
                shop.seller(), () -> gifts.redeem(handle, ANN, "test"), () -> bens.set(redeem(gift, BEN)));

        assertThat(bens.get()).isInstanceOf(Redeemed.Taken.class);
        assertThat(core.strings("select telegram_user_id from access.grants")).containsExactly("" + ANN);
    }

    @Test
    void fiftyPressesOfOnePersonGiveOneGrant() throws Exception {
        Gift gift = make(null).gift();

        List<Redeemed> all = AtOnce.atOnce(50, () -> redeem(gift, ANN));

        assertThat(all).allMatch(Redeemed.Given.class::isInstance);
        assertThat(core.count("access.grants where ends_at is null")).isEqualTo(1);
    }

    @Test
    void giftFollowsWhatSomebodyHasAlready() {
        take(ANN, make(30));
        take(ANN, make(10));

        assertThat(core.strings("select max(ends_at) - min(starts_at) from access.grants"))
                .containsExactly("40 days");
    }

    @Test
    void revokedCodeGivesNothingAndOneThatWasRedeemedStays() {
        Made revoked = make(30);
        Made redeemed = make(30);
        take(BEN, redeemed);
        core.transactions.run(shop.seller(), () -> {
            assertThat(gifts.revoke(shop.channel(), revoked.gift().id())
                            .orElseThrow()
                            .state())
                    .isEqualTo("revoked");
            assertThat(gifts.revoke(shop.channel(), redeemed.gift().id())
                            .orElseThrow()
                            .state())
                    .isEqualTo("redeemed");
        });

        say(ANN, "/gift " + revoked.code());
        assertThat(last(ANN).html()).contains("taken back");
        take(ANN, revoked);

        assertThat(core.strings("select telegram_user_id from access.grants")).containsExactly("" + BEN);
    }

    @Test
    void codeThatIsNoneIsSaidToBeAndTenOfThemAreEnough() {
        Made made = make(30);
        for (int i = 0; i < 10; i++) {
            say(ANN, "/gift gift_0123456789ab_" + "0".repeat(25) + i);
            assertThat(last(ANN).html()).contains("There is no such gift");
        }
        say(ANN, "/gift " + made.code());
        assertThat(last(ANN).html()).contains("Wait an hour");
        int told = core.messenger.sent.size();
        say(ANN, "/gift " + made.code());
        assertThat(core.messenger.sent).as("said once in ten minutes").hasSize(told);
        say(BEN, "/start gift_nonsense");
        assertThat(last(BEN).html()).contains("There is no such gift");

        core.clock.advance(Duration.ofMinutes(61));
        say(ANN, "/gift " + made.code());
        assertThat(last(ANN).html()).contains("Use this gift");
    }

    @Test
    void sameUpdateToldAgainIsOneWrongCodeAndOneAnswer() {
        Said said = new Said(ANN, "/gift gift_nonsense", core.clock.instant());
        for (int i = 0; i < 3; i++) {
            core.beans(IncomingListener.class).forEach(listener -> listener.on(7, said));
        }
        work();

        assertThat(core.count("access.gift_guess")).isEqualTo(1);
        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void codeIsKeptNowhere() {
        Made made = make(30);
        say(ANN, "/start " + made.code());
        press(ANN, button(ANN));
        String secret = made.code().substring(made.code().length() - 26);

        assertThat(core.count("access.gift where gift::text like '%" + secret + "%'"))
                .isZero();
        assertThat(core.count("tasks.task where task::text like '%" + secret + "%'"))
                .isZero();
        assertThat(core.count("timeline.entry where entry::text like '%" + secret + "%'"))
                .isZero();
    }

    @Test
    void giftOfWhoIsBannedIsRefusedAndNotUsedUp() {
        Made made = make(30);
        say(ANN, "/gift " + made.code());
        PressButton asked = button(ANN);
        core.transactions.run(
                shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), ANN, new By("test", "test", "")));

        press(ANN, asked);
        say(ANN, "/gift " + made.code());

        assertThat(core.messenger.calls).anyMatch(call -> call.contains("has banned you"));
        assertThat(last(ANN).html()).contains("has banned you", "not used up");
        assertThat(core.count("access.grants")).isZero();
        take(BEN, made);
        assertThat(core.strings("select telegram_user_id from access.grants")).containsExactly("" + BEN);
    }

    @Test
    void giftOfWhoIsBannedInTheMessengerIsNotOffered() {
        Made made = make(30);
        core.messenger.onStanding = user -> user == ANN
                ? new Answer.Done<>(new Standing(Role.BANNED, false, false))
                : core.messenger.standing(user);

        say(ANN, "/gift " + made.code());

        assertThat(last(ANN).html()).contains("has banned you", "not used up");
        assertThat(last(ANN).buttons()).isEmpty();
        say(BEN, "/gift " + made.code());
        assertThat(last(BEN).html()).contains("Use this gift");
    }

    @Test
    void whoHasAccessForLifeIsToldThatAGiftAddsNothing() {
        take(ANN, make(null));

        say(ANN, "/gift " + make(30).code());

        assertThat(last(ANN).html()).contains("Use this gift", "adds nothing");
    }

    @Test
    void forgedButtonGivesNothing() {
        press(ANN, new PressButton("", "gift:gf_0123456789ab_" + "0".repeat(26)));
        press(ANN, new PressButton("", "gift:gf_zzzzzzzzzzzz_" + "0".repeat(26)));

        assertThat(core.count("access.grants")).isZero();
        assertThat(core.messenger.calls)
                .allMatch(call -> call.contains("does nothing any more"))
                .hasSize(2);
    }

    /** A client may press what no message of its own has: what is in a button, and the gift's id, is known to others. */
    @Test
    void buttonGivesNothingToWhoHasNotBroughtTheCode() {
        Made made = make(30);
        say(ANN, "/gift " + made.code());

        press(BEN, button(ANN));

        assertThat(core.count("access.grants")).isZero();
        assertThat(core.count("tasks.task where task::text like '%'||(select code_digest from access.gift)||'%'"))
                .isZero();
        assertThat(button(ANN).data()).doesNotContain(core.strings("select code_digest from access.gift"));
    }

    @Test
    void giftWithoutACodeTellsHow() {
        say(ANN, "/gift");

        assertThat(last(ANN).html()).contains("/gift gift_");
    }

    /** As somebody does who presses again where nothing was free. */
    private Redeemed redeem(Gift gift, long user) {
        while (true) {
            try {
                core.transactions.run(shop.seller(), () -> gifts.brought(gift, user));
                return core.transactions.run(
                        shop.seller(),
                        () -> gifts.redeem(Handle.parse(gift.handle()).orElseThrow(), user, "test"));
            } catch (CannotCreateTransactionException e) {
                assertThat(e).hasMessageContaining("Could not open JDBC Connection");
            }
        }
    }

    private Made make(@Nullable Integer days) {
        return core.transactions
                .run(shop.seller(), () -> gifts.make(shop.channel(), days, 1))
                .getFirst();
    }

    /** Brings the code, then presses. */
    private void take(long user, Made made) {
        say(user, "/gift " + made.code());
        press(user, new PressButton("", GiftOpened.button(made.gift())));
    }

    private void press(long user, PressButton button) {
        hear(new Pressed(user, "press-" + updates.get(), button.data(), Language.ENGLISH));
    }

    private void say(long user, String text) {
        hear(new Said(user, text, core.clock.instant()));
    }

    private void hear(Incoming incoming) {
        long update = updates.getAndIncrement();
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
        work();
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }

    private PressButton button(long user) {
        return (PressButton) last(user).buttons().getFirst();
    }

    private Message last(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .toList()
                .getLast();
    }
}
