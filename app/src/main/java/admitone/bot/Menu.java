package admitone.bot;

import admitone.messaging.BotMenu;
import admitone.messaging.Language;
import admitone.messaging.Texts;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the messenger offers beside the place where one writes. */
@Component
class Menu implements BotMenu {
    static final Texts<BotTexts> TEXTS = Texts.of(BotTexts.class);

    @Override
    public List<Command> commands(Language language) {
        BotTexts texts = TEXTS.in(language);
        return Arrays.stream(admitone.bot.Command.values())
                .map(command -> new Command(command.word(), does(command, texts)))
                .toList();
    }

    private static String does(admitone.bot.Command command, BotTexts texts) {
        return switch (command) {
            case ACCESS -> texts.doesAccess();
            case STATUS -> texts.doesStatus();
            case PLANS -> texts.doesPlans();
            case COUPON -> texts.doesCoupon();
            case REFER -> texts.doesRefer();
            case MYCHANNELS -> texts.doesMychannels();
            case STOP -> texts.doesStop();
            case HELP -> texts.doesHelp();
            case SUPPORT -> texts.doesSupport();
            case PAYSUPPORT -> texts.doesPaysupport();
            case TERMS -> texts.doesTerms();
        };
    }
}
