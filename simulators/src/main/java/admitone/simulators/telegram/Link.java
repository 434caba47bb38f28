package admitone.simulators.telegram;

import java.util.ArrayList;
import java.util.List;

/** An invite link. Guarded by the world's lock. */
final class Link {
    final String hash;
    final long chatId;
    final long creatorId;
    final long createdAt;
    final boolean primary;
    final List<Control.Admission> admitted = new ArrayList<>();
    String name = "";
    long expireDate;
    int memberLimit;
    boolean createsJoinRequest;
    boolean revoked;
    int seats;
    int pendingRequests;

    Link(String hash, long chatId, long creatorId, long createdAt, boolean primary) {
        this.hash = hash;
        this.chatId = chatId;
        this.creatorId = creatorId;
        this.createdAt = createdAt;
        this.primary = primary;
    }

    String url() {
        return "https://t.me/+" + hash;
    }

    /** What other administrators' bots see. */
    String cutUrl() {
        return "https://t.me/+" + hash.substring(0, hash.length() / 2) + "...";
    }

    boolean isExpiredAt(long now) {
        return expireDate != 0 && expireDate <= now;
    }

    boolean isFull() {
        return memberLimit != 0 && seats >= memberLimit;
    }
}
