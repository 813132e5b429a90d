// A context as an object that can be passed to other runspaces, jobs and computers.
// Not for which one is current: see ContextStack.cs. Not for making one: see ContextSource.cs.
using System;
using System.Collections;
using System.Collections.Specialized;

namespace Vigie
{
    /// <summary>A captured context: span identity, headers and ambient attributes. Serialised and deserialised it is accepted
    /// wherever a context is.</summary>
    public sealed unsafe class Context
    {
        /// <summary>No parent: a span of this one begins a new trace, and keeps the current attributes.</summary>
        public static readonly Context Root = new Context(Native.Root, null, null);

        private readonly ulong handle;
        private readonly string attributes;
        private OrderedDictionary identity;

        internal Context(ulong handle, string attributes, Addition added)
        {
            this.handle = handle;
            this.attributes = attributes;
            Added = added;
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

        // When this is what was current and an addition to it: the addition. Null for a context that was captured or
        // came from elsewhere, which is entered on purpose by work that goes on after the span.
        internal Addition Added { get; private set; }

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
    }

    // What a block adds to the context around it, as JSON texts; either may be null.
    internal sealed unsafe class Addition
    {
        private readonly string attributes;
        private readonly string baggage;

        internal Addition(string attributes, string baggage)
        {
            this.attributes = attributes;
            this.baggage = baggage;
        }

        // Adds it to what is current, which has the ambient attributes `outer`.
        internal Context ToCurrent(ulong current, string outer)
        {
            return To(current, outer, this);
        }

        // Adds it to a context of its own.
        internal Context To(ulong context, string outer)
        {
            return To(context, outer, null);
        }

        private Context To(ulong context, string outer, Addition kept)
        {
            string all = attributes == null ? outer : Joined(outer, attributes);
            ulong made;
            Utf8Buffer json = Utf8Buffer.Of(attributes);
            fixed (byte* bytes = json.Bytes)
            {
                Native.vigie_context_with(context, bytes, json.Size, &made);
            }
            json.Give();
            if (baggage == null)
            {
                return new Context(made, all, kept);
            }
            var within = new Context(made, null, null);
            json = Utf8Buffer.Of(baggage);
            fixed (byte* bytes = json.Bytes)
            {
                Native.vigie_context_with_baggage(made, bytes, json.Size, &made);
            }
            json.Give();
            GC.KeepAlive(within);
            return new Context(made, all, kept);
        }

        internal Addition AndBaggage(string more)
        {
            return new Addition(attributes, more);
        }

        // Joins two JSON objects. A key of both stands twice in the result, and the reader takes the later one.
        private static string Joined(string outer, string added)
        {
            if (string.IsNullOrEmpty(outer) || outer == "{}")
            {
                return added;
            }
            return added == "{}" ? outer : outer.Substring(0, outer.Length - 1) + "," + added.Substring(1);
        }
    }
}
