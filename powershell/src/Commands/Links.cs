// Reads the -Link parameters: each link is an object that stands for a context, or a dictionary with the ids.
using System;
using System.Collections;

namespace Vigie
{
    internal static class Links
    {
        internal static void Write(Utf8Buffer to, object link)
        {
            IDictionary ids = ReadyMade(link);
            if (ids != null)
            {
                AttributeJson.Write(to, ids);
                return;
            }
            Context context = ContextSource.From(link);
            to.Ascii("{\"trace_id\":");
            to.Json(context == null ? string.Empty : context.TraceId ?? string.Empty);
            to.Ascii(",\"span_id\":");
            to.Json(context == null ? string.Empty : context.SpanId ?? string.Empty);
            to.Byte((byte)'}');
        }

        internal static int Add(Span span, object link)
        {
            IDictionary ids = ReadyMade(link);
            Context context = ids == null ? ContextSource.From(link) : ContextSource.From("00-" + ids["trace_id"] + "-" + ids["span_id"] + "-01");
            int code = context == null ? Native.HandleError : span.Link(context.Handle, ids == null ? null : ids["attributes"]);
            GC.KeepAlive(context);
            return code;
        }

        private static IDictionary ReadyMade(object link)
        {
            var ids = HostValue.Unwrap(link) as IDictionary;
            try
            {
                return ids != null && ids.Contains("trace_id") ? ids : null;
            }
            catch (Exception)
            {
                // A dictionary type of the user's own may throw; it is no link with ids then.
                return null;
            }
        }
    }
}
