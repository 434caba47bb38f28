package admitone.bot;

import admitone.access.Gifts;
import admitone.database.Transactions;
import admitone.fulfillment.CaseButtons;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.payouts.DestinationButtons;
import admitone.payouts.SellerContact;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import org.springframework.stereotype.Component;

/**
 * Owes an answer to whatever is said in private and to every button pressed. Start and {@code /access} are answered where access is decided, a picked plan
 * by {@link PlanPicked}, a gift by {@link GiftOpened}.
 */
@Component
class Conversation implements IncomingListener {
    private final SaleConversation sales;
    private final PlanConversation plans;
    private final PostButtons posts;
    private final DestinationButtons destinations;
    private final SellerContact contacts;
    private final CaseButtons cases;
    private final GiftOpened gifts;
    private final Referring referring;
    private final Quiet quiet;
    private final Tasks tasks;
    private final Transactions transactions;

    Conversation(
            SaleConversation sales,
            PlanConversation plans,
            PostButtons posts,
            DestinationButtons destinations,
            SellerContact contacts,
            CaseButtons cases,
            GiftOpened gifts,
            Referring referring,
            Quiet quiet,
            Tasks tasks,
            Transactions transactions) {
        this.sales = sales;
        this.plans = plans;
        this.posts = posts;
        this.destinations = destinations;
        this.contacts = contacts;
        this.cases = cases;
        this.gifts = gifts;
        this.referring = referring;
        this.quiet = quiet;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        switch (incoming) {
            case Said said when !said.isStart() && Gifts.brought(said).isEmpty() -> said(updateId, said);
            case Pressed pressed -> pressed(updateId, pressed);
            case Said _,
                    Incoming.JoinRequested _,
                    Incoming.MembershipChanged _,
                    Incoming.BotPlaced _,
                    Incoming.Reachability _,
                    Incoming.Migrated _,
                    Incoming.Other _ -> {
                // are for others
            }
        }
    }

    private void pressed(long updateId, Pressed pressed) {
        if (PlanConversation.isOne(pressed)) {
            owe(AnswerPressTask.answer(updateId, pressed, plans.pressed(updateId, pressed)));
        } else if (PostButtons.isOne(pressed)) {
            owe(AnswerPressTask.answer(updateId, pressed, posts.pressed(pressed)));
        } else if (destinations.isOne(pressed)) {
            owe(AnswerPressTask.answer(
                    updateId,
                    pressed,
                    destinations.pressed(pressed) ? AnswerPressTask.Word.NONE : AnswerPressTask.Word.OLD));
        } else if (contacts.isOne(pressed)) {
            owe(AnswerPressTask.answer(
                    updateId,
                    pressed,
                    contacts.pressed(pressed) ? AnswerPressTask.Word.NONE : AnswerPressTask.Word.OLD));
        } else if (cases.isOne(pressed)) {
            owe(AnswerPressTask.answer(updateId, pressed, word(cases.pressed(updateId, pressed))));
        } else if (GiftOpened.isButton(pressed)) {
            owe(AnswerPressTask.answer(updateId, pressed, gifts.pressed(updateId, pressed)));
        } else if (quiet.pressed(pressed)) {
            owe(AnswerPressTask.answer(updateId, pressed, AnswerPressTask.Word.QUIET));
        } else {
            transactions.run(
                    SellerId.PLATFORM,
                    () -> tasks.owe(
                            SellerId.PLATFORM,
                            AnswerPressTask.answer(updateId, pressed, sales.pressed(updateId, pressed))));
        }
    }

    private static AnswerPressTask.Word word(CaseButtons.Came came) {
        return switch (came) {
            case DECIDED -> AnswerPressTask.Word.CASE_DECIDED;
            case DECIDED_BEFORE -> AnswerPressTask.Word.CASE_DECIDED_BEFORE;
            case NOT_POSSIBLE -> AnswerPressTask.Word.CASE_NOT_POSSIBLE;
            case NOT_NOW -> AnswerPressTask.Word.CASE_NOT_NOW;
            case NOT_THEIRS -> AnswerPressTask.Word.OLD;
        };
    }

    private void said(long updateId, Said said) {
        if (said.command().isEmpty() && !said.text().isEmpty() && plans.said(updateId, said)) {
            return;
        }
        Command command = said.command().flatMap(Command::of).orElse(null);
        if (command == Command.REFER) {
            referring.prepare(said.userId());
        }
        if (command == Command.STOP) {
            quiet.fromAll(said.userId());
        }
        if (command != Command.ACCESS) {
            owe(command == null ? AnswerTask.toAnything(said) : AnswerTask.to(command, said));
        }
    }

    private void owe(Owed owed) {
        transactions.run(SellerId.PLATFORM, () -> tasks.owe(SellerId.PLATFORM, owed));
    }
}
