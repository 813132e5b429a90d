// The kinds of spans, and which of them a user means.
using System;

namespace Vigie
{
    /// <summary>The kind of a span, as OpenTelemetry names it.</summary>
    public enum SpanKind
    {
        /// <summary>Work inside the program.</summary>
        Internal,
        /// <summary>Serves a request.</summary>
        Server,
        /// <summary>Makes a request.</summary>
        Client,
        /// <summary>Sends a message.</summary>
        Producer,
        /// <summary>Handles a message.</summary>
        Consumer,
    }

    internal static unsafe class SpanKinds
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
