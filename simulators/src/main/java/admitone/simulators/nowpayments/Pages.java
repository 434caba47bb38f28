package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Pages for a person: what is open, and a pay page that needs no coins. */
final class Pages {
    private static final int SHOWN = 200;
    private static final int AGAIN = 9;
    private static final String HEAD = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>TITLE</title><style>
            body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#f6f8fa}
            table{display:block;overflow-x:auto;border-collapse:collapse;width:100%;background:#fff}td,th{padding:.4rem .6rem;border-bottom:1px solid #dde4ea;text-align:left}
            code{word-break:break-all}.card{background:#fff;border:1px solid #dde4ea;border-radius:.6rem;padding:1rem 1.4rem;margin:1rem 0}
            .amount{font-size:1.6rem;font-weight:600}form{display:inline}
            button{font:inherit;padding:.5rem 1rem;margin:.2rem;border:0;border-radius:.4rem;background:#2463eb;color:#fff;cursor:pointer}
            input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #64748b;border-radius:.4rem}
            button.pale{background:#566377}small{color:#566377}
            </style></head><body>
            """;

    private final NowPaymentsSimulator simulator;

    Pages(NowPaymentsSimulator simulator) {
        this.simulator = simulator;
    }

    Answer answer(Exchange exchange, List<String> path) {
        try {
            return route(exchange, path);
        } catch (ApiError e) {
            return e.answer();
        } catch (IllegalArgumentException e) {
            return new Answer.Plain(400, String.valueOf(e.getMessage()));
        }
    }

    private Answer route(Exchange exchange, List<String> path) {
        String invoice = exchange.query().get("iid");
        boolean payment = path.size() >= 2
                && path.getFirst().equals("payment")
                && path.get(1).matches("[0-9]{1,18}");
        if (exchange.method().equals("GET")) {
            if (path.equals(List.of("")) || path.isEmpty()) {
                return list();
            }
            if (path.equals(List.of("payment")) && invoice != null) {
                return coins(simulator.ledger().invoice(invoice));
            }
            if (path.equals(List.of("wallet"))) {
                return wallet("");
            }
            if (payment && path.size() == 2) {
                return page(simulator.payment(Long.parseLong(path.get(1))));
            }
        }
        if (exchange.method().equals("POST")) {
            if (payment && path.size() == 3) {
                return act(Long.parseLong(path.get(1)), path.get(2));
            }
            if (path.equals(List.of("wallet"))) {
                return wallet(sent(exchange.formFields()));
            }
            if (path.equals(List.of("payment")) && invoice != null) {
                return choose(simulator.ledger().invoice(invoice), exchange.formFields());
            }
        }
        return new Answer.Plain(404, "no such page");
    }

    private Answer list() {
        List<Payment> all = simulator.payments().stream()
                .sorted(Comparator.comparing(
                                (Payment payment) -> payment.terms().createdAt())
                        .reversed())
                .toList();
        String rows = all.stream().limit(SHOWN).map(Pages::row).collect(Collectors.joining());
        return html("NOWPayments simulator", """
                <h1>NOWPayments simulator</h1>
                <p>%d payments, newest first. No money moves here. <a href="/wallet">A wallet</a> sends what a pay page asks for.</p>
                <table><tr><th>payment</th><th>status</th><th>price</th><th>to pay</th><th>order</th></tr>%s</table>
                """.formatted(all.size(), rows));
    }

    private static String row(Payment payment) {
        Payment.Terms terms = payment.terms();
        return "<tr><td><a href=\"/payment/%d\">%d</a></td><td>%s</td><td>%s %s</td><td>%s %s</td><td>%s</td></tr>"
                .formatted(
                        payment.id(),
                        payment.id(),
                        escaped(payment.status()),
                        terms.priceAmount().toPlainString(),
                        escaped(terms.priceCurrency()),
                        payment.payAmount().toPlainString(),
                        escaped(terms.payCurrency()),
                        escaped(payment.orderId().orElse("")));
    }

    /** A buyer's wallet: what a pay page asks for is typed here. */
    private static Answer wallet(String said) {
        return html("Wallet", """
                <p><a href="/">all payments</a></p><h1>Wallet</h1>
                <div class="card"><form method="post" action="/wallet">
                <p><label>To address<br><input name="address" required autocomplete="off"></label></p>
                <p><label>Memo, where the coin needs one<br><input name="memo" autocomplete="off"></label></p>
                <p><label>Amount<br><input name="amount" required inputmode="decimal" autocomplete="off"></label></p>
                <button>Send</button></form></div><p role="status">%s</p>
                """.formatted(said));
    }

    private String sent(Map<String, String> form) {
        String memo = form.getOrDefault("memo", "").strip();
        Optional<Payment> there = simulator.payments().stream()
                .filter(payment -> payment.terms()
                        .payAddress()
                        .equals(form.getOrDefault("address", "").strip()))
                .filter(payment -> payment.terms().parentId() == null)
                .filter(payment -> Objects.requireNonNullElse(payment.terms().payinExtraId(), "")
                        .equals(memo))
                .findFirst();
        String amount = form.getOrDefault("amount", "").strip();
        if (!amount.matches("[0-9]{1,20}(\\.[0-9]{1,18})?") || new BigDecimal(amount).signum() == 0) {
            return "Nothing was sent: that is no amount.";
        }
        if (there.isEmpty()) {
            return "Nothing was sent: nobody has that address with that memo.";
        }
        Payment payment = simulator.pay(there.get().id(), amount).payment();
        return "Sent: %s %s. <a href=\"/payment/%d\">What became of it</a>"
                .formatted(amount, escaped(payment.terms().payCurrency().toUpperCase(Locale.ROOT)), payment.id());
    }

    private Answer page(Payment payment) {
        Payment.Terms terms = payment.terms();
        String memo =
                terms.payinExtraId() == null ? "" : "<p>Memo: <code>" + escaped(terms.payinExtraId()) + "</code></p>";
        String deliveries = simulator.deliveries(payment.id()).reversed().stream()
                .limit(SHOWN)
                .map(Pages::delivery)
                .collect(Collectors.joining());
        return html("Payment " + payment.id(), """
                <p><a href="/">all payments</a></p><h1>Payment %d</h1>
                <div class="card"><p class="amount">%s %s</p>
                <p>to <code>%s</code></p>%s
                <p>Status: <strong>%s</strong>, paid so far: %s, order: <code>%s</code></p>
                <p><small>for %s %s; open until %s</small></p></div>
                <p>%s%s%s%s%s</p>%s
                <h2>Notifications</h2><table><tr><th>at</th><th>status</th><th>attempt</th><th>answer</th></tr>%s</table>
                """.formatted(
                        payment.id(),
                        payment.payAmount().toPlainString(),
                        escaped(terms.payCurrency().toUpperCase(Locale.ROOT)),
                        escaped(terms.payAddress()),
                        memo,
                        escaped(payment.status()),
                        payment.actuallyPaid().toPlainString(),
                        escaped(payment.orderId().orElse("none")),
                        terms.priceAmount().toPlainString(),
                        escaped(terms.priceCurrency()),
                        terms.validUntil(),
                        button(payment, "full", "pay in full", ""),
                        button(payment, "half", "pay half", ""),
                        button(payment, "double", "pay double", ""),
                        button(payment, "expire", "let it expire", "pale"),
                        button(payment, "again", "send IPN again ×9", "pale"),
                        back(payment),
                        deliveries));
    }

    /** The way back to the merchant whose invoice it is; with the payment's id where money was seen. */
    private String back(Payment payment) {
        Long invoice = payment.terms().invoiceId();
        boolean isPaid = Payments.MONEY_SEEN.contains(payment.status());
        boolean isShort = payment.status().equals("partially_paid");
        String name = isPaid ? "success_url" : isShort ? "partially_paid_url" : "cancel_url";
        return Optional.ofNullable(invoice)
                .flatMap(id -> simulator.ledger().findInvoice(Long.toString(id)))
                .map(known -> known.urls().get(name))
                .map(url -> isPaid || isShort ? url + (url.contains("?") ? "&" : "?") + "NP_id=" + payment.id() : url)
                .map(url -> "<p><a id=\"back\" href=\"" + escaped(url) + "\">back to the merchant</a></p>")
                .orElse("");
    }

    private static String delivery(Delivery delivery) {
        String answer = delivery.result() == Delivery.Result.ACCEPTED || delivery.result() == Delivery.Result.REFUSED
                ? Integer.toString(delivery.httpStatus())
                : delivery.detail();
        return "<tr><td>%s</td><td>%s</td><td>%d</td><td>%s</td></tr>"
                .formatted(delivery.at(), escaped(delivery.status()), delivery.attempt(), escaped(answer));
    }

    private static String button(Payment payment, String deed, String words, String look) {
        return "<form method=\"post\" action=\"/payment/%d/%s\"><button class=\"%s\">%s</button></form>"
                .formatted(payment.id(), deed, look, words);
    }

    private Answer act(long id, String deed) {
        BigDecimal asked = simulator.payment(id).payAmount();
        switch (deed) {
            case "full" -> simulator.pay(id);
            case "half" ->
                simulator.pay(id, asked.multiply(new BigDecimal("0.5")).toPlainString());
            case "double" -> simulator.pay(id, asked.add(asked).toPlainString());
            case "expire" -> {
                if (simulator.payment(id).awaitsDeposit()) { // one that was paid does not expire any more
                    simulator.expire(id);
                }
            }
            case "again" -> simulator.notify(id, AGAIN, false);
            default -> {
                return new Answer.Plain(404, "no such button");
            }
        }
        return new Answer.See("/payment/" + id);
    }

    private Answer coins(Payments.Invoice invoice) {
        NewPayment asked = invoice.asked();
        String fixed = asked.payCurrency;
        List<String> offered = fixed == null ? simulator.rates().coins() : List.of(fixed);
        String options = offered.stream()
                .map(code -> "<option>" + escaped(code) + "</option>")
                .collect(Collectors.joining());
        String price = Optional.ofNullable(asked.priceAmount)
                .map(BigDecimal::toPlainString)
                .orElse("");
        return html("Invoice " + invoice.id(), """
                <h1>Invoice %s</h1><div class="card"><p class="amount">%s %s</p><p>%s</p>
                <form method="post" action="/payment/?iid=%s"><select name="coin">%s</select> <button>pay with this coin</button></form></div>
                """.formatted(
                        invoice.id(),
                        price,
                        escaped(asked.priceCurrency),
                        escaped(Optional.ofNullable(asked.orderDescription).orElse("")),
                        invoice.id(),
                        options));
    }

    private Answer choose(Payments.Invoice invoice, Map<String, String> form) {
        String coin = Api.code(form.getOrDefault("coin", ""));
        Payment born = simulator.createPayment(simulator.ledger().ofInvoice(invoice, coin));
        return new Answer.See("/payment/" + born.id());
    }

    private static Answer html(String title, String body) {
        return new Answer.Html(200, HEAD.replace("TITLE", escaped(title)) + body + "</body></html>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
