package admitone.bench;

import java.util.UUID;

/** A seller with one channel and one plan. */
record Shop(String sellerId, UUID channelId, UUID planId) {}
