package admitone.bot;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What may be asked of the bot, in the order of its menu. */
enum Command {
    ACCESS,
    STATUS,
    PLANS,
    COUPON,
    REFER,
    MYCHANNELS,
    STOP,
    HELP,
    SUPPORT,
    PAYSUPPORT,
    TERMS;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Command> of(String word) {
        return Arrays.stream(values())
                .filter(command -> command.word().equals(word))
                .findFirst();
    }
}
