package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestService;
import admitone.TestService.Purchase;
import admitone.simulators.telegram.OpenResult;
import org.junit.jupiter.api.Test;

/** With the simulated Telegram: the link is revoked there after a buyer was sent it. */
class RevokedLinkFlowTests {
    private final TestService service = TestService.shared();

    @Test
    void buyerWhoAsksAgainIsSentALinkThatOpensTheWay() {
        Purchase bought = service.newPurchase(service.newShop("10.00", 30));
        String old = service.linkSentTo(bought.buyer());
        long administrator = service.settings().telegram().botId(); // the only one there

        service.telegram().revokeByHuman(administrator, old);
        assertThat(service.telegram().openLink(bought.buyer(), old)).isEqualTo(OpenResult.EXPIRED);
        TestService.until(
                () -> { // what was said within the second of the purchase is not about it
                    service.telegram().say(bought.buyer(), TestService.BOT, "/access");
                    return !service.linkSentTo(bought.buyer()).equals(old);
                });
        service.telegram().openLink(bought.buyer(), service.linkSentTo(bought.buyer()));
        TestService.until(() -> service.telegram().isMember(bought.shop().chat(), bought.buyer()));
    }
}
