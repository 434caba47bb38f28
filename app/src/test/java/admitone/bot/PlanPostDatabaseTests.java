package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewPlan;
import admitone.catalog.Channel;
import admitone.messaging.BotName;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanPostDatabaseTests {
    private static final long SELLER = 1;
    private static final Answer<Long> NO_RIGHTS =
            new Answer.Declined<>(Refusal.NO_RIGHTS, "400 need administrator rights in the channel chat");

    private final Core core = Core.start("plan_post");
    private final Shop shop = core.shop("0123456789ab");
    private final Channel channel = shop.channel();
    private final PlanPosts posts = core.bean(PlanPosts.class);
    private final AtomicLong updates = new AtomicLong(1);

    @BeforeEach
    void botKnowsItsName() {
        core.bean(BotName.class).start();
        Awaitility.await().until(() -> core.bean(BotName.class).startLink("x").isPresent());
    }

    @AfterEach
    void stop() {
        core.bean(BotName.class).stop();
        core.close();
    }

    @Test
    void plansArePostedOnceWithLinksOnlyAndThePostIsChangedWhenTheyChange() {
        refresh();

        Message post = inOpenChat().getFirst();
        assertThat(post.html()).contains("<b>Signals</b>");
        assertThat(post.buttons())
                .containsExactly(
                        new LinkButton(
                                "Month, 30 days: 1.35 USD",
                                "https://t.me/admit_bot?start=" + shop.plan().handle()),
                        new LinkButton("All plans", "http://localhost:8080/c/" + channel.slug()));

        addPlan();

        assertThat(inOpenChat()).hasSize(1);
        assertThat(core.messenger.edited).singleElement().satisfies(edited -> {
            assertThat(edited.buttons()).hasSize(3);
            assertThat(edited.chatId()).isEqualTo(post.chatId());
        });
        assertThat(state()).isEqualTo("posted");
    }

    @Test
    void postTellsWhatOneGetsAsFarAsAMessageHasRoom() {
        core.transactions.run(shop.seller(), () -> {
            for (int i = 0; i < 25; i++) {
                core.bean(Catalog.class)
                        .addPlan(
                                channel,
                                new Catalog.NewPlan("Plan " + i, Core.PRICE, 30, "<" + i + "> " + "x".repeat(190)));
            }
        });
        refresh();

        String text = inOpenChat().getFirst().html();
        assertThat(text).contains("<b>Plan 0, 30 days</b>: &lt;0&gt; xxx");
        assertThat(text.length()).isBetween(3_000, 4_096);
    }

    @Test
    void postThatIsGoneIsMadeAnewOnceAndChangedFromThenOn() {
        refresh();
        core.messenger.onEdit = _ -> new Answer.Declined<>(Refusal.MESSAGE_GONE, "message to edit not found");
        addPlan();

        assertThat(inOpenChat()).hasSize(2);
        assertThat(state()).isEqualTo("posted");

        core.messenger.onEdit = _ -> new Answer.Done<>(true);
        addPlan();
        assertThat(inOpenChat()).hasSize(2);
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("edit"))
                .doesNotHaveDuplicates();
    }

    @Test
    void postWhoseAnswersAreLostIsSentThreeTimesAndTheSellerIsTold() {
        core.messenger.onSend =
                message -> message.chatId() == SELLER ? new Answer.Done<>(1L) : new Answer.Unknown<>("lost");
        refresh();
        for (int i = 0; i < 5; i++) {
            core.clock.advance(Duration.ofMinutes(1));
            work();
        }

        assertThat(inOpenChat()).hasSize(3);
        assertThat(state()).isEqualTo("refused");
        assertThat(toSeller())
                .singleElement()
                .satisfies(told -> assertThat(told.html()).contains("3 answers were lost"));
    }

    @Test
    void changeWhoseAnswerIsLostIsMadeAgainAndNothingIsPostedAnew() {
        refresh();
        core.messenger.onEdit = _ -> new Answer.Unknown<>("lost");
        addPlan();
        core.messenger.onEdit = _ -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(1));
        work();

        assertThat(inOpenChat()).hasSize(1);
        assertThat(core.messenger.edited).hasSize(2);
        assertThat(state()).isEqualTo("posted");
    }

    @Test
    void secondVersionWaitsForTheFirstWhosePostIsUnderWay() throws InterruptedException {
        whileTheFirstPostIsUnderWay(() -> posts.refresh(channel));
    }

    @Test
    void switchedOffAndOnWhileThePostIsUnderWayThereIsOnePost() throws InterruptedException {
        whileTheFirstPostIsUnderWay(() -> {
            posts.set(channel, false);
            posts.refresh(channel);
            posts.set(channel, true);
        });
    }

    private void whileTheFirstPostIsUnderWay(Runnable change) throws InterruptedException {
        CountDownLatch sending = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        core.messenger.onSend = _ -> {
            sending.countDown();
            try {
                assertThat(answer.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Answer.Done<>(77L);
        };
        core.startTasks();
        core.transactions.run(shop.seller(), () -> posts.refresh(channel));
        assertThat(sending.await(20, TimeUnit.SECONDS)).isTrue();
        core.transactions.run(shop.seller(), change);
        Awaitility.await()
                .until(() ->
                        core.count("tasks.task where kind = 'post_plans' and last_error like 'the version before%'")
                                == 1);
        answer.countDown();
        Awaitility.await().until(() -> core.tasks("post_plans").contains("done"));
        core.clock.advance(Duration.ofMinutes(1));
        work();

        assertThat(inOpenChat()).hasSize(1);
        assertThat(core.messenger.calls).contains("edit 77");
        assertThat(core.tasks("post_plans")).containsExactly("done", "done");
    }

    @Test
    void refusalIsToldOnceInWordsAndPostedByTheButtonOnceItMay() {
        refuseInOpenChat();
        refresh();
        addPlan();

        assertThat(state()).isEqualTo("refused");
        Message told = toSeller().getFirst();
        assertThat(toSeller()).hasSize(1);
        assertThat(told.html()).contains("<b>Signals</b>", "administrator there who may post messages");

        core.messenger.onSend = _ -> new Answer.Done<>(5L);
        press(SELLER, told.buttons().getFirst());

        assertThat(state()).isEqualTo("posted");
        refuseInOpenChat();
        core.messenger.onEdit = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
        addPlan();
        assertThat(toSeller()).as("told again, since it had worked").hasSize(2);
    }

    @Test
    void refusalOfWhatWasTriedAgainIsToldAgain() {
        refuseInOpenChat();
        refresh();
        press(SELLER, toSeller().getFirst().buttons().getFirst());

        assertThat(state()).isEqualTo("refused");
        assertThat(toSeller()).hasSize(2);
    }

    @Test
    void switchedOffNothingIsPostedOrChanged() {
        refuseInOpenChat();
        refresh();
        Message told = toSeller().getFirst();
        int posted = inOpenChat().size();
        press(SELLER, told.buttons().getLast());
        addPlan();

        assertThat(inOpenChat()).hasSize(posted);
        assertThat(state()).isEqualTo("off");
        assertThat(core.messenger.calls)
                .anyMatch(call -> call.startsWith("answer") && call.contains("What stands there"));
    }

    @Test
    void strangersButtonDoesNothing() {
        press(99, PostButtons.on("", channel.handle()));
        press(SELLER, new PressButton("", "post:on:ch_nonsense"));

        assertThat(core.count("bot.plan_post")).isZero();
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.contains("does nothing any more"))
                .hasSize(2);
    }

    @Test
    void openChatIsNamedInTheChatWithTheBot() {
        core.owner().sql("update catalog.channel set open_chat_id = null").update();
        core.owner().sql("delete from catalog.route where kind = 'open_chat'").update();
        core.messenger.onStanding = _ -> new Answer.Done<>(new Standing(Role.ADMINISTRATOR, true, true));
        long open = -1009999L;
        hear(new BotPlaced(open, "Open & all", SELLER, false, true, Language.ENGLISH));
        Button here = toSeller().getLast().buttons().stream()
                .filter(button ->
                        button instanceof PressButton press && press.text().contains("Signals"))
                .findFirst()
                .orElseThrow();
        assertThat(((PressButton) here).data()).hasSizeLessThan(64);

        press(SELLER, here);
        press(SELLER, here);

        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == open)
                .hasSize(1);
        assertThat(toSeller().getLast().html()).contains("<b>Signals</b>", "<b>Open &amp; all</b>");
        press(SELLER, toSeller().getLast().buttons().getFirst());
        assertThat(state()).isEqualTo("off");
    }

    @Test
    void planThatIsChangedOrClosedIsSoInThePost() {
        refresh();
        Catalog catalog = core.bean(Catalog.class);
        core.transactions.run(shop.seller(), () -> {
            catalog.change(shop.plan(), "Thirty days", Money.parse("2", Asset.USD), null);
            posts.refresh(channel);
        });
        work();
        assertThat(core.messenger.edited.getLast().buttons())
                .hasSize(2)
                .first()
                .asString()
                .contains("Thirty days, 30 days: 2.00 USD");

        core.transactions.run(shop.seller(), () -> {
            catalog.close(shop.plan(), core.clock.instant());
            posts.refresh(channel);
        });
        work();
        assertThat(core.messenger.edited.getLast().buttons())
                .singleElement()
                .asString()
                .contains("All plans");
    }

    private void refuseInOpenChat() {
        core.messenger.onSend = message -> message.chatId() == SELLER ? new Answer.Done<>(1L) : NO_RIGHTS;
    }

    private void refresh() {
        core.transactions.run(shop.seller(), () -> posts.refresh(channel));
        work();
    }

    private void addPlan() {
        core.transactions.run(shop.seller(), () -> {
            core.bean(Catalog.class).addPlan(channel, new NewPlan("Year", Money.parse("9", Asset.USD), 365));
            posts.refresh(channel);
        });
        work();
    }

    private String state() {
        return posts.find(shop.seller(), channel.id()).orElseThrow().state();
    }

    private List<Message> inOpenChat() {
        long chat = Objects.requireNonNull(channel.openChat()).value();
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == chat)
                .toList();
    }

    private List<Message> toSeller() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == SELLER)
                .toList();
    }

    private void press(long user, Button button) {
        hear(new Pressed(user, "press-" + updates.get(), ((PressButton) button).data(), Language.ENGLISH));
    }

    private void hear(Incoming incoming) {
        long update = updates.getAndIncrement();
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
        work();
    }

    private void work() {
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }
}
