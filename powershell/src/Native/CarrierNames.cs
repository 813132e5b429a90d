// The names under which carriers hold context, as the library tells them.
using System;

namespace Vigie
{
    internal static unsafe class CarrierNames
    {
        // The environment variables that may carry context. Asking for them initialises nothing.
        internal static string[] Variables()
        {
            int code;
            string json = CopyOut.Text(delegate(byte* buffer, UIntPtr capacity, UIntPtr* length)
            {
                return Native.vigie_propagation_fields(Native.CarrierEnvironment, buffer, capacity, length);
            }, out code);
            // A JSON array of names of variables, which hold nothing that JSON escapes.
            return json.Split(new[] { '[', ']', '"', ',', ' ' }, StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
