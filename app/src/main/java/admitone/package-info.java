/** AdmitOne: one payment admits one person, once. The direct sub-packages are its modules. */
@NullMarked
package admitone;

import org.jspecify.annotations.NullMarked;
