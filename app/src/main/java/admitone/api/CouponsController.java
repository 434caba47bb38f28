package admitone.api;

import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewCoupon;
import admitone.api.Views.CouponView;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.database.Transactions;
import admitone.runtime.Settings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/coupons")
@Tag(name = "Channels")
class CouponsController {
    private final Catalog catalog;
    private final Coupons coupons;
    private final Transactions transactions;
    private final Idempotency idempotency;
    private final String publicUrl;

    CouponsController(
            Catalog catalog, Coupons coupons, Transactions transactions, Idempotency idempotency, Settings settings) {
        this.catalog = catalog;
        this.coupons = coupons;
        this.transactions = transactions;
        this.idempotency = idempotency;
        this.publicUrl = settings.publicUrl().toString();
    }

    @PostMapping
    @Operation(summary = "Add a coupon: a code that takes something off the price of a plan, once for each person")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = CouponView.class)))
    ResponseEntity<byte[]> add(
            Caller caller, HttpServletRequest request, @PathVariable String channelId, @RequestBody NewCoupon draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), _ -> {
            if (draft.planId() != null) {
                Params.plan(catalog, channel, draft.planId());
            }
            return Answer.created(view(
                    channel,
                    coupons.add(channel, draft.draft())
                            .orElseThrow(() -> Problem.conflict(
                                    "coupon_exists",
                                    "This channel has or had a coupon of this code. Take another code."))));
        });
    }

    @GetMapping
    @Operation(summary = "Coupons of a channel, newest first")
    Page<CouponView> list(
            Caller caller,
            @PathVariable String channelId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        Channel channel = Params.channel(caller, catalog, channelId);
        int most = Params.limit(limit);
        List<Coupon> rows = coupons.list(channel, Page.after(cursor, parts -> UUID.fromString(parts[0])), most + 1);
        return Page.of(rows, most, coupon -> List.of(coupon.id().toString()), coupon -> view(channel, coupon));
    }

    @DeleteMapping("/{code}")
    @Operation(summary = "Close a coupon: orders made with it keep their price; closing it again changes nothing")
    @ApiResponse(responseCode = "204")
    ResponseEntity<Void> close(Caller caller, @PathVariable String channelId, @PathVariable String code) {
        Channel channel = Params.channel(caller, catalog, channelId);
        boolean found = Coupon.code(code)
                .filter(known -> transactions.run(channel.seller(), () -> coupons.close(channel, known)))
                .isPresent();
        if (!found) {
            throw Problem.notFound();
        }
        return ResponseEntity.noContent().build();
    }

    private CouponView view(Channel channel, Coupon coupon) {
        return CouponView.of(coupon, coupons.uses(coupon), publicUrl + "/c/" + channel.slug());
    }
}
