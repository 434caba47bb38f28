package admitone.payments;

import admitone.runtime.SellerId;
import java.util.List;
import java.util.Optional;

/** Where what is paid to a seller goes without us. */
public interface OwnWallets {
    /** Outside any transaction; empty: the provider settles it as the account is set. */
    Optional<Wallet> of(SellerId seller);

    /** All that were the seller's at any time, as far as is on record. */
    List<Wallet> ever(SellerId seller);
}
