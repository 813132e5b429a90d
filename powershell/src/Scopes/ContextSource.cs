// Makes contexts from what is current in the runspace, from any object that stands for one, and from headers.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    internal static unsafe class ContextSource
    {
        // The runspace's current context, with a handle of its own that stays valid after the span has ended.
        internal static Context Capture()
        {
            Telemetry.Ready();
            ulong made;
            ulong current = ContextStack.CurrentHandle();
            Span span = ContextStack.Innermost<Span>();
            int code = span != null && span.Handle == current
                ? Native.vigie_span_context(current, &made)
                : Native.vigie_context_with(current, null, UIntPtr.Zero, &made);
            return new Context(code == Native.Ok ? made : 0, CurrentAttributes(), null);
        }

        // The ambient attributes in force, as JSON text, or null: those of the innermost context.
        internal static string CurrentAttributes()
        {
            Context innermost = ContextStack.Innermost<Context>();
            return innermost == null ? null : innermost.Attributes;
        }

        // The context of an object that stands for one, or null. A Context, a Span, a deserialised one of either, headers
        // and a traceparent stand for one.
        internal static Context From(object given)
        {
            object value = HostValue.Unwrap(given);
            Span span = value as Span;
            if (span != null)
            {
                return Of(span);
            }
            Context context = value as Context;
            string text = value as string;
            if (context != null || value == null)
            {
                return context;
            }
            if (text != null)
            {
                return FoundOrCurrent(Find(new Hashtable { { "traceparent", text } }, true));
            }
            PSObject bag = given as PSObject;
            PSPropertyInfo headers = bag == null || value is IDictionary ? null : bag.Properties["Headers"];
            return headers != null ? Restore(bag, headers) : FoundOrCurrent(Find(value, false));
        }

        private static Context Of(Span span)
        {
            ulong made = 0;
            if (span.Handle != 0)
            {
                Native.vigie_span_context(span.Handle, &made);
                return new Context(made, CurrentAttributes(), null);
            }
            // A span that has ended may still be a parent, or the target of a link.
            return span.TraceParent == null ? null : From(span.TraceParent);
        }

        private static Context Restore(PSObject bag, PSPropertyInfo headers)
        {
            PSPropertyInfo property = bag.Properties["Attributes"];
            string attributes = property == null ? null : HostValue.Unwrap(Members.ValueOf(property)) as string;
            if (string.IsNullOrEmpty(attributes))
            {
                return FoundOrCurrent(Find(Members.ValueOf(headers), false));
            }
            var added = new Addition(attributes, null);
            ulong found = Find(Members.ValueOf(headers), false);
            if (found == 0)
            {
                return added.ToCurrent(ContextStack.CurrentHandle(), CurrentAttributes());
            }
            var context = new Context(found, null, null);
            Context restored = added.To(found, null);
            GC.KeepAlive(context);
            return restored;
        }

        // Continues the trace that the headers name, and keeps the runspace's current attributes.
        internal static Context Extract(object headers, bool? publicEndpoint)
        {
            ulong found = Find(headers, false, publicEndpoint);
            return found == 0 ? Capture() : new Context(found, CurrentAttributes(), null);
        }

        private static Context FoundOrCurrent(ulong found)
        {
            return found == 0
                ? new Addition(null, null).ToCurrent(ContextStack.CurrentHandle(), CurrentAttributes())
                : new Context(found, CurrentAttributes(), null);
        }

        // 0 when the headers name no trace. A traceparent that the script itself has kept is read whatever the settings say.
        private static ulong Find(object headers, bool isKept, bool? publicEndpoint = null)
        {
            Telemetry.Ready();
            Utf8Buffer json = Utf8Buffer.Take();
            Carrier.Write(json, headers);
            ulong made;
            fixed (byte* bytes = json.Bytes)
            {
                ulong previous;
                // The library extracts over what is current on the thread, so it is told what is current in the runspace.
                bool entered = Native.vigie_span_enter(ContextStack.CurrentHandle(), &previous) == Native.Ok;
                if (isKept)
                {
                    Native.vigie_context_of(bytes, json.Size, &made);
                }
                else if (publicEndpoint == null)
                {
                    Native.vigie_extract(bytes, json.Size, &made);
                }
                else
                {
                    Native.vigie_extract_with(bytes, json.Size, publicEndpoint.Value ? 1 : 0, &made);
                }
                if (entered)
                {
                    Native.vigie_span_exit(previous);
                }
            }
            json.Give();
            return made;
        }
    }
}
