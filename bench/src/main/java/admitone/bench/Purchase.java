package admitone.bench;

import java.math.BigDecimal;

/** An order with its payment, waiting for the money. Every second one settles in ether, the others in a stablecoin of USD. */
record Purchase(Shop shop, String orderId, long paymentId, long buyer) {
    static final String PAY_COIN = "eth";
    static final String PAY_AMOUNT = "0.00035";
    static final BigDecimal PAY_AMOUNT_UNITS = new BigDecimal("350000000000000");
    static final String PAY_ADDRESS = "0x4bb1e2a3fd4a6f2f0a2c6a3d9b7f1f0d5c0e8a11";

    boolean settlesInEther() {
        return paymentId % 2 == 0;
    }

    String outcomeCoin() {
        return settlesInEther() ? "eth" : "usdttrc20";
    }

    String outcomeAmount() {
        return settlesInEther() ? "0.0002736" : "1.06";
    }
}
