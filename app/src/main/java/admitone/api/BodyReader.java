package admitone.api;

import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;

/** Reads the bodies of this API, strictly. */
final class BodyReader extends AbstractHttpMessageConverter<Object> {
    private static final Map<Class<?>, Function<Fields, ?>> READERS = Map.ofEntries(
            reader(Requests.NewSeller.class, Requests.NewSeller::read),
            reader(Requests.NewDestination.class, Requests.NewDestination::read),
            reader(Requests.NewRefund.class, Requests.NewRefund::read),
            reader(Requests.NewContact.class, Requests.NewContact::read),
            reader(Requests.NewTerms.class, Requests.NewTerms::read),
            reader(Requests.SellerNotice.class, Requests.SellerNotice::read),
            reader(Requests.NewChannel.class, Requests.NewChannel::read),
            reader(Requests.OwnTexts.class, Requests.OwnTexts::read),
            reader(Requests.NewGifts.class, Requests.NewGifts::read),
            reader(Requests.PostSwitch.class, Requests.PostSwitch::read),
            reader(Requests.NewPlan.class, Requests.NewPlan::read),
            reader(Requests.PlanChange.class, Requests.PlanChange::read),
            reader(Requests.NewCoupon.class, Requests.NewCoupon::read),
            reader(Requests.NewOrder.class, Requests.NewOrder::read),
            reader(Requests.NewGrant.class, Requests.NewGrant::read),
            reader(Requests.MoreDays.class, Requests.MoreDays::read),
            reader(Requests.Revocation.class, Requests.Revocation::read),
            reader(Requests.NewPayment.class, Requests.NewPayment::read),
            reader(Requests.SellerPage.class, Requests.SellerPage::read),
            reader(Requests.ChannelOffer.class, Requests.ChannelOffer::read),
            reader(Requests.NewAnnouncement.class, Requests.NewAnnouncement::read),
            reader(Requests.ChannelTime.class, Requests.ChannelTime::read),
            reader(Requests.CaseDecision.class, Requests.CaseDecision::read),
            reader(Requests.ChannelMembers.class, Requests.ChannelMembers::read),
            reader(Requests.NewConversion.class, Requests.NewConversion::read),
            reader(Requests.ReferrerPaid.class, Requests.ReferrerPaid::read),
            reader(Requests.PayoutSwitch.class, Requests.PayoutSwitch::read),
            reader(Requests.PayoutLimits.class, Requests.PayoutLimits::read),
            reader(Requests.Reason.class, Requests.Reason::read),
            reader(Requests.Resumed.class, Requests.Resumed::read));

    private static <T> Map.Entry<Class<?>, Function<Fields, ?>> reader(Class<T> type, Function<Fields, T> read) {
        return Map.entry(type, read);
    }

    BodyReader() {
        super(MediaType.APPLICATION_JSON);
    }

    @Override
    protected boolean supports(Class<?> type) {
        return READERS.containsKey(type);
    }

    @Override
    protected boolean canWrite(@org.jspecify.annotations.Nullable MediaType type) {
        return false;
    }

    @Override
    protected Object readInternal(Class<?> type, HttpInputMessage message) throws IOException {
        Function<Fields, ?> reader = READERS.get(type);
        if (reader == null) {
            throw new IllegalStateException("no reader of " + type);
        }
        Fields fields = Fields.of(message.getBody().readAllBytes());
        Object read = reader.apply(fields);
        fields.finish();
        return read;
    }

    @Override
    protected void writeInternal(Object body, HttpOutputMessage message) {
        throw new UnsupportedOperationException("requests are only read");
    }
}
