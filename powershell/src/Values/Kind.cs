// Turns a span kind that a user gives, as a SpanKind or by name, into a SpanKind.
using System;

namespace Vigie
{
    internal static unsafe class Kind
    {
        // Null is Internal. So is what names no kind: the library counts it, and shows the first one.
        internal static SpanKind Of(object given)
        {
            object value = HostValue.Unwrap(given);
            if (value == null)
            {
                return SpanKind.Internal;
            }
            if (value is SpanKind && Enum.IsDefined(typeof(SpanKind), value))
            {
                return (SpanKind)value;
            }
            Utf8Buffer text = Utf8Buffer.Of(value as string ?? HostValue.TextOf(value));
            int known;
            fixed (byte* bytes = text.Bytes)
            {
                known = Native.vigie_span_kind(bytes, text.Size);
            }
            text.Give();
            return known < 0 ? SpanKind.Internal : (SpanKind)known;
        }
    }
}
