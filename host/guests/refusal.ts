// Why a module can't be a guest; guest.ts makes an error of it that names the guest.

export class GuestRefusal extends Error {}
