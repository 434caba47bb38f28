package admitone.bot;

import admitone.messaging.Html;

/** Why a coupon is not used. */
interface CouponTexts {
    Html unknown();

    Html notYet();

    Html over();

    Html otherPlan();

    Html usedUp();

    Html used();

    Html held();

    Html nothingOff();

    Html begun();
}
