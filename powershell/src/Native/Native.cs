// The functions of the C interface that the module calls, as they are declared in vigie.h.
// Not for finding the library: see Library.cs. Only this file may import from it.
using System;
using System.Runtime.InteropServices;
using System.Security;

namespace Vigie
{
    [SuppressUnmanagedCodeSecurity]
    internal static unsafe class Native
    {
        internal const string Name = "vigie";

        // Library.cs compares this with vigie_abi_version.
        internal const uint AbiVersion = 1;

        // Names that a carrier uses.
        internal const int CarrierHttp = 0;
        internal const int CarrierEnvironment = 1;

        internal const int Ok = 0;
        internal const int ArgumentError = -1;
        internal const int JsonError = -3;
        internal const int HandleError = -4;
        internal const int BufferError = -5;
        internal const int ConfigError = -6;
        internal const int AlreadyError = -7;
        internal const int ClosedError = -8;
        internal const int TimeoutError = -9;

        // Given as a parent, it begins a new trace that keeps the current attributes.
        internal const ulong Root = ulong.MaxValue;

        [DllImport(Name)]
        internal static extern uint vigie_abi_version();

        [DllImport(Name)]
        internal static extern byte* vigie_version();

        [DllImport(Name)]
        internal static extern UIntPtr vigie_last_error(byte* buffer, UIntPtr capacity);

        [DllImport(Name)]
        internal static extern int vigie_init_with(byte* config, UIntPtr configLength, byte* environment, UIntPtr environmentLength);

        [DllImport(Name)]
        internal static extern int vigie_reconfigure_with(byte* config, UIntPtr configLength, byte* environment, UIntPtr environmentLength);

        [DllImport(Name)]
        internal static extern int vigie_set_level(byte* logger, UIntPtr loggerLength, int severity);

        [DllImport(Name)]
        internal static extern int vigie_use_runtime(byte* name, UIntPtr nameLength, byte* version, UIntPtr versionLength, byte* description, UIntPtr descriptionLength);

        [DllImport(Name)]
        internal static extern int vigie_environment_names(byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_flush(uint timeoutMs);

        [DllImport(Name)]
        internal static extern int vigie_shutdown(uint timeoutMs);

        [DllImport(Name)]
        internal static extern int vigie_metrics_render(int format, byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_stats(byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_severity(byte* name, UIntPtr nameLength, int* severity);

        [DllImport(Name)]
        internal static extern int vigie_enabled(int severity);

        [DllImport(Name)]
        internal static extern int vigie_logger_enabled(ulong logger, int severity);

        [DllImport(Name)]
        internal static extern int vigie_logger_log(ulong logger, int severity, byte* message, UIntPtr messageLength, byte* attributes, UIntPtr attributesLength, ulong span);

        [DllImport(Name)]
        internal static extern int vigie_logger_error(ulong logger, int severity, byte* message, UIntPtr messageLength, byte* attributes, UIntPtr attributesLength, byte* error, UIntPtr errorLength, ulong span);

        [DllImport(Name)]
        internal static extern int vigie_logger_text(ulong logger, int severity, byte* message, UIntPtr messageLength, byte* attributes, UIntPtr attributesLength, byte* error, UIntPtr errorLength, ulong span);

        [DllImport(Name)]
        internal static extern int vigie_logger(byte* name, UIntPtr nameLength, ulong* logger);

        [DllImport(Name)]
        internal static extern int vigie_logger_bind(ulong logger, byte* attributes, UIntPtr attributesLength, ulong* bound);

        [DllImport(Name)]
        internal static extern int vigie_context_get(ulong span, byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_context_with(ulong context, byte* attributes, UIntPtr attributesLength, ulong* made);

        [DllImport(Name)]
        internal static extern int vigie_context_with_baggage(ulong context, byte* baggage, UIntPtr baggageLength, ulong* made);

        [DllImport(Name)]
        internal static extern int vigie_release(ulong handle);

        [DllImport(Name)]
        internal static extern int vigie_inject(ulong span, int format, byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_propagation_fields(int format, byte* buffer, UIntPtr capacity, UIntPtr* length);

        [DllImport(Name)]
        internal static extern int vigie_extract(byte* headers, UIntPtr headersLength, ulong* context);

        [DllImport(Name)]
        internal static extern int vigie_extract_with(byte* headers, UIntPtr headersLength, int publicEndpoint, ulong* context);

        [DllImport(Name)]
        internal static extern int vigie_context_of(byte* told, UIntPtr toldLength, ulong* context);

        [DllImport(Name)]
        internal static extern int vigie_span_enter(ulong span, ulong* previous);

        [DllImport(Name)]
        internal static extern int vigie_span_exit(ulong previous);

        [DllImport(Name)]
        internal static extern int vigie_span_kind(byte* name, UIntPtr nameLength);

        [DllImport(Name)]
        internal static extern int vigie_span_start(byte* name, UIntPtr nameLength, int kind, ulong parent, byte* attributes, UIntPtr attributesLength, ulong* span);

        [DllImport(Name)]
        internal static extern int vigie_span_start_with(byte* name, UIntPtr nameLength, int kind, ulong parent, byte* attributes, UIntPtr attributesLength, byte* options, UIntPtr optionsLength, ulong* span);

        [DllImport(Name)]
        internal static extern int vigie_span_set(ulong span, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_span_event(ulong span, byte* name, UIntPtr nameLength, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_span_event_at(ulong span, byte* name, UIntPtr nameLength, long timeNs, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_span_link(ulong span, ulong context, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_span_exception(ulong span, byte* error, UIntPtr errorLength, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_span_status(ulong span, int status, byte* description, UIntPtr descriptionLength);

        [DllImport(Name)]
        internal static extern int vigie_span_rename(ulong span, byte* name, UIntPtr nameLength);

        [DllImport(Name)]
        internal static extern int vigie_span_recording(ulong span);

        [DllImport(Name)]
        internal static extern int vigie_span_context(ulong span, ulong* context);

        [DllImport(Name)]
        internal static extern int vigie_span_end(ulong span);

        [DllImport(Name)]
        internal static extern int vigie_span_end_at(ulong span, long endTimeNs);

        [DllImport(Name)]
        internal static extern int vigie_metric_describe(byte* name, UIntPtr nameLength, byte* options, UIntPtr optionsLength);

        [DllImport(Name)]
        internal static extern int vigie_counter_add(byte* name, UIntPtr nameLength, double value, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_up_down_counter_add(byte* name, UIntPtr nameLength, double value, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_gauge_set(byte* name, UIntPtr nameLength, double value, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_histogram_record(byte* name, UIntPtr nameLength, double value, byte* attributes, UIntPtr attributesLength);

        [DllImport(Name)]
        internal static extern int vigie_metric_handle(int kind, byte* name, UIntPtr nameLength, byte* attributes, UIntPtr attributesLength, ulong* series);

        [DllImport(Name)]
        internal static extern int vigie_metric_update(ulong series, double value);

        [DllImport(Name)]
        internal static extern int vigie_metric_update_int(ulong series, long value);
    }
}
