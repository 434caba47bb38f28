package admitone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/** An incident as its file tells it: one payment, what was triggered, what that did then and what it must do. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Incident(String title, PaymentFacts payment, PayoutFacts payout, List<Trigger> triggers, Then then, Must must) {

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PaymentFacts(
            long paymentId,
            long telegramUserId,
            long openChatId,
            long closedChatId,
            String priceAmount,
            String priceCurrency,
            String outcomeAmount,
            String outcomeCurrency,
            String payCurrency,
            String payAmount,
            String actuallyPaid,
            String rateUsd,
            String feePercent) {}

    record PayoutFacts(
            String mode,

            @com.fasterxml.jackson.annotation.JsonProperty("threshold_usd")
            String thresholdUsd) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Trigger(int offsetS, String status, String cause) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Then(int invites, int accumulations, String accumulatedUsd) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Must(int grants, int usableLinks, int accumulations, String accumulatedUsd, int payouts) {}

    static Incident read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new Failure("there is no file " + file);
        } catch (IOException e) {
            throw new Failure("cannot read " + file + ": " + e.getMessage());
        } catch (JacksonException e) {
            throw new Failure(file + " is no incident file: " + e.getOriginalMessage());
        }
    }

    /** The incident this product comes from. */
    static Incident ofNovember2025() {
        try (InputStream in = Incident.class.getResourceAsStream("/demo/incident.json")) {
            return parse(new String(
                    java.util.Objects.requireNonNull(in).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Incident parse(String text) {
        return JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .build()
                .readValue(text, Incident.class);
    }
}
