package admitone.api;

import admitone.announcements.Announcements;
import admitone.announcements.Announcements.Announced;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewAnnouncement;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.runtime.Handle;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;

@ApiController
@RequestMapping(ApiFilter.BASE + "/channels/{channelId}/announcements")
@Tag(name = "Channels")
class AnnouncementsController {
    private final Catalog catalog;
    private final Announcements announcements;
    private final Idempotency idempotency;

    AnnouncementsController(Catalog catalog, Announcements announcements, Idempotency idempotency) {
        this.catalog = catalog;
        this.announcements = announcements;
        this.idempotency = idempotency;
    }

    record AnnouncementView(
            String announcementId,

            @Schema(
                    description =
                            "how many it goes to, slowly; left out are those who do not want it, come back, or were told another within a week")
            int members) {}

    @PostMapping
    @Operation(summary = "Tell the former members of a channel something: each at most once, and of one a week")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = AnnouncementView.class)))
    ResponseEntity<byte[]> announce(
            Caller caller,
            HttpServletRequest request,
            @PathVariable String channelId,
            @RequestBody NewAnnouncement draft) {
        Channel channel = Params.channel(caller, catalog, channelId);
        return idempotency.once(caller, request, channel.seller(), seller -> {
            Announced made = announcements
                    .toExpired(channel, draft.text(), caller.isOperator() ? "operator" : "seller", caller.name())
                    .orElseThrow(() -> Problem.conflict(
                            "announced_enough_today",
                            "A seller makes at most " + Announcements.MOST_A_DAY
                                    + " announcements a day, in UTC. Send this one tomorrow."));
            return Answer.accepted(new AnnouncementView(
                    new Handle(Handle.ANNOUNCEMENT, seller, made.id()).toString(), made.members()));
        });
    }
}
