package admitone.money;

import admitone.runtime.Answer;
import java.math.BigDecimal;

/** Asks somebody outside what one of an asset is worth in USD now. */
public interface RateSource {
    Answer<BigDecimal> usdPerUnit(Asset asset);

    /** Written beside each rate. */
    String name();
}
