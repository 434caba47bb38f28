package admitone.simulators.telegram;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A message in a private chat or a chat. Guarded by the world's lock. */
final class Message {
    final long id;
    final long chatId;
    final long fromId;
    final long date;
    long editDate;
    String text;
    List<HtmlMarkup.Entity> entities;

    @Nullable
    JsonNode inlineKeyboard;

    Message(
            long id,
            long chatId,
            long fromId,
            long date,
            HtmlMarkup.Formatted content,
            @Nullable JsonNode inlineKeyboard) {
        this.id = id;
        this.chatId = chatId;
        this.fromId = fromId;
        this.date = date;
        this.text = content.text();
        this.entities = content.entities();
        this.inlineKeyboard = inlineKeyboard;
    }
}
