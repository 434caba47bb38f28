package admitone.bot;

import admitone.checkout.Coupon.Refusal;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Texts;

/** The words for each {@link Refusal}. */
final class CouponWords {
    private static final Texts<CouponTexts> TEXTS = Texts.of(CouponTexts.class);

    private CouponWords() {}

    static Html of(Refusal why, Language language) {
        CouponTexts texts = TEXTS.in(language);
        return switch (why) {
            case UNKNOWN -> texts.unknown();
            case NOT_YET -> texts.notYet();
            case OVER -> texts.over();
            case OTHER_PLAN -> texts.otherPlan();
            case USED_UP -> texts.usedUp();
            case USED -> texts.used();
            case HELD -> texts.held();
            case NOTHING_OFF -> texts.nothingOff();
            case BEGUN -> texts.begun();
        };
    }
}
