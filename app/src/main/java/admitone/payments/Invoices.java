package admitone.payments;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The invoices of a seller. */
@Repository
public class Invoices {
    private final JdbcClient jdbc;
    private final JdbcAsking asking;

    Invoices(JdbcClient jdbc, Transactions transactions) {
        this.jdbc = jdbc;
        this.asking =
                new JdbcAsking(jdbc, transactions, "payments.invoice", "invoice_id", "true", "asked, next_ask_at");
    }

    /** The invoices about whose payments the provider is asked; the fresh ones first, since there the buyer waits. */
    public AskedAbout asking() {
        return asking;
    }

    /** Within the current transaction; an id that is there already stays as it is. */
    void add(Invoice invoice, Instant firstAsk) {
        @Nullable Money rest = invoice.rest();
        jdbc.sql("""
                insert into payments.invoice
                  (seller_id, invoice_id, order_id, rest_units, rest_asset, page, created_at, next_ask_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (seller_id, invoice_id) do nothing
                """)
                .params(Columns.all(
                        invoice.seller().value(),
                        invoice.id(),
                        invoice.orderId(),
                        rest == null ? null : new BigDecimal(rest.units()),
                        rest == null ? null : rest.asset().code(),
                        invoice.page().toString(),
                        Columns.at(invoice.createdAt()),
                        Columns.at(firstAsk)))
                .update();
    }

    public Optional<Invoice> find(SellerId seller, String invoiceId) {
        return jdbc.sql("select * from payments.invoice where seller_id = ? and invoice_id = ?")
                .params(seller.value(), invoiceId)
                .query(Invoices::read)
                .optional();
    }

    private static Invoice read(ResultSet row, int n) throws SQLException {
        @Nullable BigDecimal rest = row.getBigDecimal("rest_units");
        return new Invoice(
                new SellerId(row.getString("seller_id")),
                row.getString("invoice_id"),
                row.getString("order_id"),
                rest == null ? null : new Money(rest.toBigIntegerExact(), new Asset(row.getString("rest_asset"))),
                URI.create(row.getString("page")),
                Columns.instant(row, "created_at"));
    }
}
