package admitone.messaging;

import admitone.money.Money;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.ResourceBundle;

/** How a language writes moments, money and spans of time: the same in messages and on pages. */
public final class Form {
    private static final Map<Language, Form> FORMS = Language.each(language -> new Form(Texts.words(language)));

    private final DateTimeFormatter moment;
    private final String until;
    private final String forLife;
    private final String oneDay;
    private final String days;
    private final String oneHour;
    private final String hours;

    Form(ResourceBundle words) {
        this.moment = DateTimeFormatter.ofPattern(words.getString("form.moment"), words.getLocale())
                .withZone(ZoneOffset.UTC);
        this.until = words.getString("form.until");
        this.forLife = words.getString("form.forLife");
        this.oneDay = words.getString("form.oneDay");
        this.days = words.getString("form.days");
        this.oneHour = words.getString("form.oneHour");
        this.hours = words.getString("form.hours");
    }

    public static Form in(Language language) {
        return language.pick(FORMS);
    }

    public String moment(Instant at) {
        return moment.format(at);
    }

    /** The same figures in every language. */
    public String money(Money money) {
        return money.text() + " " + money.asset().ticker();
    }

    public String lasting(Lasting lasting) {
        return switch (lasting) {
            case Lasting.Until(var endsAt) -> endsAt == null ? forLife : until.replace("{moment}", moment(endsAt));
            case Lasting.Days(var count) ->
                count == null ? forLife : count == 1 ? oneDay : days.replace("{days}", count.toString());
            case Lasting.Hours(var count) when count > 24 && count % 24 == 0 -> lasting(new Lasting.Days(count / 24));
            case Lasting.Hours(var count) -> count == 1 ? oneHour : hours.replace("{hours}", Integer.toString(count));
        };
    }
}
