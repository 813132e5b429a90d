// Get-VigieContext, Get-VigieTraceHeader and ConvertFrom-VigieTraceHeader: they capture a context, and turn it into
// headers and back. Not for entering a context: Use-VigieContext is in Vigie/Span.ps1.
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Captures the current context.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieContext")]
    [OutputType(typeof(Context))]
    public sealed class GetVigieContextCommand : PSCmdlet
    {
        /// <summary>Writes it.</summary>
        protected override void ProcessRecord()
        {
            WriteObject(ContextSource.Capture());
        }
    }

    /// <summary>Gives the headers that carry a context.</summary>
    [Cmdlet(VerbsCommon.Get, "VigieTraceHeader")]
    [OutputType(typeof(System.Collections.Hashtable))]
    public sealed class GetVigieTraceHeaderCommand : PSCmdlet
    {
        /// <summary>Names of environment variables in place of header names.</summary>
        [Parameter]
        public SwitchParameter AsEnvironment { get; set; }

        /// <summary>The context; the current one unless given.</summary>
        [Parameter(ValueFromPipeline = true)]
        public object Context { get; set; }

        /// <summary>Writes a hashtable.</summary>
        protected override void ProcessRecord()
        {
            Context given = Context == null ? null : ContextSource.From(Context);
            WriteObject(Vigie.Context.HeadersOf(given == null ? ContextStack.CurrentHandle() : given.Handle, AsEnvironment));
            System.GC.KeepAlive(given);
        }
    }

    /// <summary>Makes a context of headers.</summary>
    [Cmdlet(VerbsData.ConvertFrom, "VigieTraceHeader")]
    [OutputType(typeof(Context))]
    public sealed class ConvertFromVigieTraceHeaderCommand : PSCmdlet
    {
        /// <summary>A dictionary, HttpHeaders or NameValueCollection; names in any case, HTTP's or the environment's.</summary>
        [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
        [AllowNull]
        public object Header { get; set; }

        /// <summary>Whether strangers may have written them: then their span is linked to and not continued. The setting public_endpoint unless given.</summary>
        [Parameter]
        public bool? PublicEndpoint { get; set; }

        /// <summary>Writes the context; where nothing usable is inside, it is the current one.</summary>
        protected override void ProcessRecord()
        {
            WriteObject(ContextSource.Extract(Header, PublicEndpoint));
        }
    }
}
