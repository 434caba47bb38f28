-- An order that nothing was begun for is given up for another, and learns who brought its buyer until it is paid.
grant update (expires_at, referrer, referral_percent) on checkout.orders to admitone_app;
