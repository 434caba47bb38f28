package admitone.bot;

import admitone.messaging.Languages;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Asks somebody who has become a seller about the chats in which they made the bot an administrator before. */
@Component
public class AskSellerTask implements TaskHandler {
    private static final String KIND = "ask_seller";

    private final SaleConversation sales;
    private final Languages languages;

    AskSellerTask(SaleConversation sales, Languages languages) {
        this.sales = sales;
        this.languages = languages;
    }

    public static Owed ask(SellerId seller, long telegramUserId) {
        return Owed.now(KIND, "seller:" + seller.value(), Map.of("user", Long.toString(telegramUserId)));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long user = Long.parseLong(task.need("user"));
        sales.askSeller(task.seller(), user, languages.at(user, task.owedAt()));
        return Result.done();
    }
}
