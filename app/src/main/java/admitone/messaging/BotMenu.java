package admitone.messaging;

import java.util.List;

/** The commands that the messenger offers to whoever talks with the bot; implemented by the module that answers them. */
public interface BotMenu {
    /** {@code name} without a slash; {@code does} in at most 256 characters. */
    record Command(String name, String does) {}

    List<Command> commands(Language language);
}
