package admitone.simulators.nowpayments;

import java.util.List;

/** A payment after a change, and the first attempt of each notification that told of it. */
public record Told(Payment payment, List<Delivery> deliveries) {}
