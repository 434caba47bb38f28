package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.Purchase;
import admitone.database.Lane;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.Payments;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** What was bought and how it was paid, to be kept or printed, for whoever holds the order's id. Reads only. */
@Controller
class ReceiptController {
    private final BuyerReads reads;
    private final Orders orders;
    private final Payments payments;
    private final Catalog catalog;

    ReceiptController(BuyerReads reads, Orders orders, Payments payments, Catalog catalog) {
        this.reads = reads;
        this.orders = orders;
        this.payments = payments;
        this.catalog = catalog;
    }

    static String path(Order order) {
        return "/pay/" + order.id() + "/receipt";
    }

    /**
     * @param listPrice null: as much as was asked
     * @param seller their name
     * @param isRefunded one of the payments was given back
     */
    record Receipt(
            String orderId,
            String seller,
            String channel,
            String plan,
            String span,
            @Nullable String listPrice,
            List<PayController.Less> less,
            String price,
            List<Paid> paid,
            boolean isRefunded) {}

    /** @param amount in the coin it came in */
    record Paid(String amount, String at, String paymentId) {}

    @GetMapping("/pay/{orderId}/receipt")
    ModelAndView receipt(@PathVariable String orderId, HttpServletRequest request) {
        Language language = Pages.language(request);
        return Lane.READS
                .run(() -> reads.ours(orderId, language).map(found -> page(found.purchase(), Form.in(language))))
                .orElseGet(Pages::unknownOrder);
    }

    private ModelAndView page(Purchase purchase, Form form) {
        return purchase.order().paidBy() == null
                ? Pages.notFound("receipt")
                : new ModelAndView("checkout/receipt", Map.of("receipt", receipt(purchase, form)));
    }

    private Receipt receipt(Purchase purchase, Form form) {
        Order order = purchase.order();
        List<Payment> counted = counted(purchase);
        return new Receipt(
                order.id(),
                catalog.seller(order.seller()).map(Seller::name).orElse(""),
                catalog.channel(order.seller(), order.channelId())
                        .map(Channel::title)
                        .orElse(""),
                catalog.plan(order.seller(), order.planId()).map(Plan::name).orElse(""),
                form.lasting(new Lasting.Days(order.days())),
                order.isReduced() ? form.money(order.listPrice()) : null,
                orders.reductions(order).stream()
                        .map(one -> PayController.Less.of(one, form))
                        .toList(),
                form.money(order.price()),
                counted.stream().map(payment -> paid(payment, form)).toList(),
                counted.stream().anyMatch(payment -> payment.state() instanceof Refunded));
    }

    /** Those that were paid for it; where a person added time for money that was too much, the payment is another order's. */
    private List<Payment> counted(Purchase purchase) {
        List<Payment> own = purchase.payments().stream()
                .filter(payment -> payment.paidAt() != null)
                .toList();
        String by = purchase.order().paidBy();
        return own.isEmpty() && by != null
                ? payments.find(purchase.order().seller(), by).stream().toList()
                : own;
    }

    private static Paid paid(Payment payment, Form form) {
        return new Paid(
                Optional.ofNullable(payment.received())
                        .or(() -> Optional.ofNullable(payment.payAmount()))
                        .map((Money money) -> form.money(money))
                        .orElse(""),
                Optional.ofNullable(payment.paidAt()).map(form::moment).orElse(""),
                payment.id());
    }
}
