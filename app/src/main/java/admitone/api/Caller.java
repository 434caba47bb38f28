package admitone.api;

import admitone.runtime.SellerId;
import java.util.Optional;

/** Who asks: the operator, or a seller who sees only what is theirs. {@code seller} is empty for the operator. */
record Caller(Optional<SellerId> seller) {
    static final Caller OPERATOR = new Caller(Optional.empty());

    static Caller of(SellerId seller) {
        return new Caller(Optional.of(seller));
    }

    boolean isOperator() {
        return seller.isEmpty();
    }

    boolean sees(SellerId other) {
        return isOperator() || seller.equals(Optional.of(other));
    }

    /** What belongs to somebody else does not exist for this caller. */
    SellerId require(SellerId other) {
        if (!sees(other)) {
            throw Problem.notFound();
        }
        return other;
    }

    void requireOperator() {
        if (!isOperator()) {
            throw Problem.notFound();
        }
    }

    /** Which seller a list is about: the one asked for, else the caller's own; empty: all. */
    Optional<SellerId> narrow(Optional<SellerId> asked) {
        asked.ifPresent(this::require);
        return asked.or(this::seller);
    }

    /** For records of why something was done. */
    String cause() {
        return isOperator() ? "operator" : "seller";
    }

    /** For records of who did something. */
    String name() {
        return seller.map(id -> "seller " + id).orElse("operator");
    }
}
