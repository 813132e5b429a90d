// A context as an object: what travels to other runspaces, jobs, computers.
// Not for which one is current: see ContextStack.cs.
using System;
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>A captured context: span identity, headers and ambient attributes. Serialised and deserialised it is accepted
    /// wherever a context is.</summary>
    public sealed unsafe class Context
    {
        /// <summary>No parent: a span of this one begins a new trace, and keeps the current attributes.</summary>
        public static readonly Context Root = new Context(Native.Root, null);

        private readonly ulong handle;
        private readonly string attributes;
        private OrderedDictionary identity;

        internal Context(ulong handle, string attributes)
        {
            this.handle = handle;
            this.attributes = attributes;
        }

        /// <summary>Gives back the handle of a context that nobody holds any more.</summary>
        ~Context()
        {
            if (handle != 0 && handle != Native.Root)
            {
                Native.vigie_release(handle);
            }
        }

        /// <summary>The trace id, 32 hexadecimal digits; null without a span.</summary>
        public string TraceId { get { return Part("trace_id"); } }

        /// <summary>The span id, 16 hexadecimal digits; null without a span.</summary>
        public string SpanId { get { return Part("span_id"); } }

        /// <summary>The traceparent header of W3C Trace Context; null without a span.</summary>
        public string TraceParent { get { return Part("traceparent"); } }

        /// <summary>What carries this context in HTTP headers.</summary>
        public Hashtable Headers
        {
            get
            {
                Hashtable headers = HeadersOf(handle, false);
                GC.KeepAlive(this);
                return headers;
            }
        }

        /// <summary>The ambient attributes as JSON text; null when there are none.</summary>
        public string Attributes { get { return attributes; } }

        internal ulong Handle { get { return handle; } }

        private string Part(string name)
        {
            if (identity == null)
            {
                identity = IdentityOf(handle);
                GC.KeepAlive(this);
            }
            return identity[name] as string;
        }

        internal static OrderedDictionary IdentityOf(ulong handle)
        {
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_context_get(handle, buffer, capacity, length);
            }, out code);
            return JsonText.Object(json);
        }

        internal static Hashtable HeadersOf(ulong handle, bool asEnvironment)
        {
            Telemetry.Ready();
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_inject(handle, asEnvironment ? Native.CarrierEnvironment : Native.CarrierHttp, buffer, capacity, length);
            }, out code);
            var headers = new Hashtable(StringComparer.OrdinalIgnoreCase);
            foreach (DictionaryEntry header in JsonText.Object(json))
            {
                headers[header.Key] = header.Value;
            }
            return headers;
        }

        // The runspace's current context, with a handle of its own that outlives the span.
        internal static Context Capture()
        {
            Telemetry.Ready();
            ulong made;
            ulong current = ContextStack.CurrentHandle();
            Span span = ContextStack.CurrentSpan();
            int code = span != null && span.Handle == current
                ? Native.vigie_span_context(current, &made)
                : Native.vigie_context_with(current, null, UIntPtr.Zero, &made);
            return new Context(code == Native.Ok ? made : 0, ContextStack.CurrentAttributes());
        }

        // The context of any object that stands for one, or null: a Context, a Span, what came back deserialised, headers,
        // a traceparent.
        internal static Context From(object given)
        {
            object value = AttributeJson.Unwrap(given);
            Span span = value as Span;
            if (span != null)
            {
                return span.Capture();
            }
            Context context = value as Context;
            string text = value as string;
            if (context != null || value == null)
            {
                return context;
            }
            if (text != null)
            {
                return Extract(new Hashtable { { "traceparent", text } });
            }
            PSObject bag = given as PSObject;
            PSPropertyInfo headers = bag == null || value is IDictionary ? null : bag.Properties["Headers"];
            return headers != null ? Restore(bag, headers) : Extract(value);
        }

        private static Context Restore(PSObject bag, PSPropertyInfo headers)
        {
            Context context = Extract(Members.ValueOf(headers));
            PSPropertyInfo property = bag.Properties["Attributes"];
            string attributes = property == null ? null : AttributeJson.Unwrap(Members.ValueOf(property)) as string;
            if (string.IsNullOrEmpty(attributes))
            {
                return context;
            }
            Context restored = With(context.Handle, attributes, attributes);
            GC.KeepAlive(context);
            return restored;
        }

        // A context with more ambient attributes; `all` is what the new one says of itself.
        internal static Context With(ulong context, string added, string all)
        {
            Utf8Buffer json = Utf8Buffer.Of(added);
            ulong made;
            fixed (byte* bytes = json.Bytes)
            {
                Native.vigie_context_with(context, bytes, json.Size, &made);
            }
            json.Give();
            return new Context(made, all);
        }

        internal static Context WithBaggage(ulong context, IDictionary baggage, string all)
        {
            Utf8Buffer json = Utf8Buffer.Take();
            Carrier.Write(json, baggage);
            ulong made;
            fixed (byte* bytes = json.Bytes)
            {
                Native.vigie_context_with_baggage(context, bytes, json.Size, &made);
            }
            json.Give();
            return new Context(made, all);
        }

        // Continues the trace of headers, over the runspace's current attributes.
        internal static Context Extract(object headers)
        {
            Telemetry.Ready();
            Utf8Buffer json = Utf8Buffer.Take();
            Carrier.Write(json, headers);
            ulong made = 0;
            fixed (byte* bytes = json.Bytes)
            {
                ulong previous;
                // The library's own notion of current is per thread; it is told ours for this one call.
                bool entered = Native.vigie_span_enter(ContextStack.CurrentHandle(), &previous) == Native.Ok;
                Native.vigie_extract(bytes, json.Size, &made);
                if (made == 0)
                {
                    // Nothing usable inside: the current context goes on.
                    Native.vigie_context_with(0, null, UIntPtr.Zero, &made);
                }
                if (entered)
                {
                    Native.vigie_span_exit(previous);
                }
            }
            json.Give();
            return new Context(made, ContextStack.CurrentAttributes());
        }
    }
}
